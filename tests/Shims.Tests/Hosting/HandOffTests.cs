using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Testing;
using Shims.Tests.Gateway;

namespace Shims.Tests.Hosting;

/// <summary>Every state of a hand-off, and what becomes of it with each event.</summary>
public sealed class HandOffTests
{
    private const int Seconds = 5;

    /// <summary>Bytes of a body, and as many of them as a handler begins with.</summary>
    private const int Body = 200_000, FirstPart = 70_000;

    private static readonly string[] s_table =
    [
        "Awaiting Queued - - - - Over Over",
        "Queued Queued Running - - - Over Over",
        "Running Running - Completed Failed - Orphaned Over",
        "Completed Over - - - Over Over Over",
        "Failed Over - - - Over Over Over",
        "Orphaned Orphaned - Over Over - Orphaned -",
        "Over Over Over Over Over - Over -",
    ];

    private static readonly (string Name, Action<Wire, ScriptedHandler> Happen)[] s_events =
    [
        ("body is there", static (wire, _) => SendRest(wire)),
        ("taken", static (_, handler) => handler.Channel.TryStart()),
        ("returned", static (_, handler) => handler.Channel.Complete()),
        ("threw", static (_, handler) => handler.Channel.Fail(new Fault(500, "it threw", "see why"))),
        ("sent", static (wire, handler) =>
        {
            handler.Turn(wire.Run);
            SendRest(wire);
            handler.Turn(wire.Run);
        }),
        ("abandoned", static (wire, _) => wire.HangUp()),
        ("time is up", static (wire, _) => wire.Pass(Seconds * 1000)),
    ];

    public static TheoryData<bool, int, int> Cells
    {
        get
        {
            var cells = new TheoryData<bool, int, int>();
            foreach (bool isScgi in new[] { true, false })
            {
                for (int state = 0; state < s_table.Length; state++)
                {
                    for (int @event = 0; @event < s_events.Length; @event++)
                    {
                        if (CellOf(state, @event) != "-")
                            cells.Add(isScgi, state, @event);
                    }
                }
            }
            return cells;
        }
    }

    [Fact]
    public void The_comment_shows_the_table_that_is_tried()
    {
        string[] states = Enum.GetNames<HandOffState>();
        Assert.Equal(states, s_table.Select(row => row.Split(' ')[0]));
        Assert.Equal(s_table, StateTable.InComment("src/Shims/Hosting/HandOffState.cs", states));
    }

    [Theory, MemberData(nameof(Cells))]
    public void A_hand_off_goes_from_each_state_to_the_next_one_with_each_event(bool isScgi, int state, int @event)
    {
        var handler = new ScriptedHandler();
        using var wire = new Wire(isScgi ? Protocol.Scgi : Protocol.FastCgi, handler, new Limits { ScriptSeconds = Seconds });
        var from = (HandOffState)state;
        Reach(from, wire, handler, isScgi);
        Assert.Equal(from, handler.State);
        int ended = handler.Ended;
        Assert.Equal(from is HandOffState.Completed or HandOffState.Failed or HandOffState.Over ? 1 : 0, ended);

        s_events[@event].Happen(wire, handler);
        string what = $"{from}, and then {s_events[@event].Name}: ";
        Assert.Equal(what + CellOf(state, @event), what + handler.State);
        bool isDue = handler.State is HandOffState.Awaiting or HandOffState.Queued or HandOffState.Running or HandOffState.Orphaned;
        Assert.Equal(isDue ? 0 : 1, handler.Ended);
        Assert.Empty(wire.Overdue);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_handler_is_told_that_its_response_is_not_wanted_any_more_however_that_came_about(bool isScgi)
    {
        foreach (int @event in new[] { 5, 6 })
        {
            var handler = new ScriptedHandler();
            using var wire = new Wire(isScgi ? Protocol.Scgi : Protocol.FastCgi, handler, new Limits { ScriptSeconds = Seconds });
            Reach(HandOffState.Running, wire, handler, isScgi);
            CancellationToken aborted = handler.Channel.Aborted;
            Assert.False(aborted.IsCancellationRequested);
            s_events[@event].Happen(wire, handler);
            Assert.True(aborted.WaitHandle.WaitOne(Patience.Limit));
            Assert.Throws<ClientGoneException>(() => handler.Channel.Write("x"u8));
            Assert.Throws<ClientGoneException>(() => handler.Channel.Read(new byte[1]));
            Assert.Throws<ClientGoneException>(handler.Channel.Flush);
            Assert.False(handler.Channel.WriteError("x\n"u8));
        }
    }

    private static string CellOf(int state, int @event) => s_table[state].Split(' ')[@event + 1];

    private static void Reach(HandOffState state, Wire wire, ScriptedHandler handler, bool isScgi)
    {
        if (state == HandOffState.Awaiting)
        {
            wire.Send(Request(isScgi, 3));
            return;
        }
        wire.Send(Request(isScgi, FirstPart));
        if (state == HandOffState.Queued)
            return;
        Assert.True(handler.Channel.TryStart());
        if (state == HandOffState.Completed)
            handler.Channel.Complete();
        else if (state == HandOffState.Failed)
            handler.Channel.Fail(new Fault(500, "it threw", "see why"));
        else if (state == HandOffState.Orphaned)
            wire.HangUp();
        else if (state == HandOffState.Over)
            wire.Pass(Seconds * 1000);
    }

    private static byte[] Request(bool isScgi, int sent)
    {
        RequestVariables variables = RequestVariables.For("POST", "/app");
        if (isScgi)
            return ScgiClient.Encode(variables, new byte[Body])[..^(Body - sent)];
        return
        [
            .. FastCgiClient.Begin().ToBytes(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables.ForFastCgi(Body))).SelectMany(record => record.ToBytes()),
            .. Part(sent),
        ];
    }

    /// <summary>The rest of the body, if the request is not over.</summary>
    private static void SendRest(Wire wire)
    {
        if (wire.IsClosed || wire.Connection.Requests is not [var exchange])
            return;
        int missing = (int)(Body - exchange.Body.Received);
        bool isScgi = exchange.Protocol == "SCGI";
        // In pieces that the socket has room for.
        for (int piece; missing > 0; missing -= piece)
        {
            piece = Math.Min(missing, 60_000);
            wire.Send(isScgi ? new byte[piece] : Part(piece));
        }
        if (!isScgi)
            wire.Send(new FastCgiRecord(FastCgiRecordType.Stdin, 1, Array.Empty<byte>()).ToBytes());
    }

    private static byte[] Part(int length) =>
        [.. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[length], ended: false).SelectMany(record => record.ToBytes())];
}
