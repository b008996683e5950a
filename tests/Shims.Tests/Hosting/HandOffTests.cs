using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Hosting;
using Shims.Testing;
using Shims.Tests.Gateway;

namespace Shims.Tests.Hosting;

/// <summary>Every state of a hand-off, and what becomes of it with each event.</summary>
public sealed class HandOffTests
{
    private const int Seconds = 5;

    /// <summary>Bytes of a body, and as many of them as a handler begins with.</summary>
    internal const int Body = 200_000, FirstPart = 70_000;

    private static readonly StateTable<HandOffState> s_table = new("""
                     the body is there   it is taken   it returns   it throws   it is sent   it is abandoned   time is up
          Awaiting   Queued              -             -            -           -            Over              Over
          Queued     Queued              Running       -            -           -            Over              Over
          Running    Running             -             Completed    Failed      -            Orphaned          Over
          Completed  Over                -             -            -           Over         Over              Over
          Failed     Over                -             -            -           Over         Over              Over
          Orphaned   Orphaned            -             Over         Over        -            Orphaned          -
          Over       Over                Over          Over         Over        -            Over              -
        """);

    private static readonly Dictionary<string, Action<Wire, ScriptedHandler>> s_happen = new()
    {
        ["the body is there"] = static (wire, _) => SendRest(wire),
        ["it is taken"] = static (_, handler) => handler.Channel.TryStart(),
        ["it returns"] = static (_, handler) => handler.Channel.Complete(),
        ["it throws"] = static (_, handler) => handler.Channel.Fail(new Fault(500, "it threw", "see why")),
        ["it is sent"] = static (wire, handler) =>
        {
            handler.Turn(wire.Run);
            SendRest(wire);
            handler.Turn(wire.Run);
        },
        ["it is abandoned"] = static (wire, _) => wire.HangUp(),
        ["time is up"] = static (wire, _) => wire.Pass(Seconds * 1000),
    };

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_HandOffState_shows_its_table() => s_table.IsShownIn("src/Shims/Hosting/HandOffState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_HandOffState_where_the_table_says(string name, string @event)
    {
        HandOffState state = Enum.Parse<HandOffState>(name);
        foreach (bool isScgi in new[] { true, false })
        {
            var handler = new ScriptedHandler();
            using Wire wire = Reach(state, handler, isScgi);
            Assert.Equal(state, handler.State);
            Assert.Equal(state is HandOffState.Completed or HandOffState.Failed or HandOffState.Over ? 1 : 0, handler.Ended);

            s_happen[@event](wire, handler);
            Assert.Equal(s_table[state, @event], handler.State);
            Assert.Equal(handler.State is HandOffState.Awaiting or HandOffState.Queued or HandOffState.Running or HandOffState.Orphaned ? 0 : 1, handler.Ended);
            Assert.Empty(wire.Overdue);
        }
    }

    [Theory]
    [InlineData("it is abandoned"), InlineData("time is up")]
    public void A_handler_is_told_that_its_response_is_not_wanted_any_more(string @event)
    {
        foreach (bool isScgi in new[] { true, false })
        {
            var handler = new ScriptedHandler();
            using Wire wire = Reach(HandOffState.Running, handler, isScgi);
            CancellationToken aborted = handler.Channel.Aborted;
            Assert.False(aborted.IsCancellationRequested);
            s_happen[@event](wire, handler);
            Assert.True(aborted.WaitHandle.WaitOne(Patience.Limit));
            Assert.Throws<RequestAbortedException>(() => handler.Channel.Write("x"u8));
            Assert.Throws<RequestAbortedException>(() => handler.Channel.Read(new byte[1]));
            Assert.Throws<RequestAbortedException>(handler.Channel.Flush);
            Assert.False(handler.Channel.WriteError("x\n"u8));
        }
    }

    private static Wire Reach(HandOffState state, ScriptedHandler handler, bool isScgi)
    {
        var wire = new Wire(isScgi ? Protocols.Scgi : Protocols.FastCgi, responder: handler, limits: new Limits { ScriptSeconds = Seconds });
        wire.Send(Request(isScgi, state == HandOffState.Awaiting ? 3 : FirstPart));
        if (state > HandOffState.Queued)
            Assert.True(handler.Channel.TryStart());
        string? last = state switch
        {
            HandOffState.Completed => "it returns",
            HandOffState.Failed => "it throws",
            HandOffState.Orphaned => "it is abandoned",
            HandOffState.Over => "time is up",
            _ => null,
        };
        if (last is not null)
            s_happen[last](wire, handler);
        return wire;
    }

    /// <summary>A request of which so many bytes of the body have come.</summary>
    internal static byte[] Request(bool isScgi, int sent)
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
        bool isScgi = exchange.Channel.Protocol == "SCGI";
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
