using System.Text;
using Shims.Gateway.Connections;
using Shims.Hosting;
using Shims.Posix;
using Shims.Testing;
using Shims.Tests.Gateway;

namespace Shims.Tests.Hosting;

/// <summary>Whatever a handler waits for, its wait ends, on the only thread there is, which lets the loop go round meanwhile.</summary>
public sealed class HandlerWaitTests
{
    private const int Seconds = 5;

    /// <summary>A part of the body is missing throughout, so that nothing of the response is sent.</summary>
    private static readonly Dictionary<string, Action<HandlerChannel>> s_waits = new()
    {
        [nameof(HandlerWait.Input)] = static channel =>
        {
            byte[] room = new byte[10_000];
            while (channel.Read(room) > 0)
            {
                // to the end, which does not come
            }
        },
        [nameof(HandlerWait.Room)] = static channel => channel.Write(new byte[1_000_000]),
        [nameof(HandlerWait.Sent)] = static channel => channel.Flush(),
    };

    private static readonly Dictionary<string, Action<Wire>> s_ends = new()
    {
        ["the web server leaves"] = static wire => wire.HangUp(),
        ["time is up"] = static wire => wire.Pass(Seconds * 1000),
        ["the process has to end"] = static wire =>
        {
            wire.Finish();
            wire.Pass(Limits.DefaultFinishSeconds * 1000);
        },
    };

    public static TheoryData<string, string> WaitsAndEnds => new MatrixTheoryData<string, string>(Enum.GetNames<HandlerWait>(), s_ends.Keys);

    [Theory, MemberData(nameof(WaitsAndEnds))]
    public void A_handler_that_waits_is_told_when_its_response_is_not_wanted_any_more(string wait, string end)
    {
        foreach (bool isScgi in new[] { true, false })
        {
            bool isTold = false;
            var handler = new ScriptedHandler(channel =>
            {
                Assert.True(channel.TryStart());
                Assert.Throws<RequestAbortedException>(() => s_waits[wait](channel));
                isTold = true;
                channel.Fail(null);
            });
            using var wire = new Wire(isScgi ? Protocols.Scgi : Protocols.FastCgi, responder: handler, limits: end == "time is up" ? new Limits { ScriptSeconds = Seconds } : null);
            wire.Send(HandOffTests.Request(isScgi, HandOffTests.FirstPart));
            int rounds = 0;
            void Round()
            {
                wire.Run();
                Assert.True(++rounds < 100, $"{wait}: it waits for ever although {end}");
                if (rounds == 3)
                    s_ends[end](wire);
            }
            handler.Drive(Round, () => isTold);
            Assert.Equal((HandOffState.Over, 1), (handler.State, handler.Ended));
            Assert.Empty(wire.Overdue);
        }
    }

    [Fact]
    public void A_handler_whose_body_cannot_be_read_back_does_not_take_a_part_of_it_for_all()
    {
        bool isTold = false;
        var handler = new ScriptedHandler(channel =>
        {
            Assert.True(channel.TryStart());
            Assert.Throws<RequestAbortedException>(() => s_waits[nameof(HandlerWait.Input)](channel));
            isTold = true;
            channel.Fail(null);
        });
        using var wire = new Wire(Protocols.Scgi, responder: handler);
        byte[] request = ScgiClient.Encode(RequestVariables.For("POST", "/app"), new byte[Limits.BodyInMemory + 500_000]);
        for (int sent = 0; sent < request.Length;)
            sent += wire.SendSome(request.AsSpan(sent));
        Libc.Truncate(BodyStateTests.FileOf(wire.Connection.Requests[0].Body), 0);

        handler.Drive(wire.Run, () => isTold);
        wire.Run();
        Assert.Contains("Status: 500 ", Encoding.UTF8.GetString(wire.ReceiveBytes()));
        Assert.Equal((HandOffState.Over, 1), (handler.State, handler.Ended));
    }
}
