using Shims.Gateway.Connections;
using Shims.Hosting;
using Shims.Testing;
using Shims.Tests.Gateway;

namespace Shims.Tests.Hosting;

/// <summary>Every holder of the event loop, and whose it is after each event.</summary>
public sealed class LoopLeaseTests
{
    private static readonly StateTable<LoopHolder> s_table = new("""
                          it is handed on   a worker comes   a handler begins   it waits         it ends          it lets go       the first is called   the first comes   it is slow
          First           Handed            -                Handler            -                -                -                -                     First             -
          Handed          -                 Worker           -                  -                -                -                -                     Handed            -
          Worker          -                 Worker           Handler            -                -                -                Called                Worker            -
          Handler         -                 Handler          -                  WaitingHandler   Worker           Called           -                     Handler           First
          WaitingHandler  -                 WaitingHandler   Handler            -                WaitingHandler   WaitingHandler   Called                WaitingHandler    -
          Called          -                 Called           -                  -                Called           Called           -                     First             -
        """);

    private static readonly Dictionary<string, Action<LoopLease, HandlerChannel>> s_happen = new()
    {
        ["it is handed on"] = static (lease, _) => lease.Hand(),
        ["a worker comes"] = static (lease, _) => Assert.Equal(lease.Holder == LoopHolder.Handed, lease.Accept()),
        ["a handler begins"] = static (lease, handler) => lease.Lend(handler),
        ["it waits"] = static (lease, handler) => Assert.True(lease.BeginWait(handler)),
        ["it ends"] = static (lease, handler) => Assert.Equal(lease.Holder == LoopHolder.Handler, lease.End(handler, LoopHolder.Worker, out _)),
        ["it lets go"] = static (lease, handler) => lease.LetGo(handler),
        ["the first is called"] = static (lease, _) => lease.CallFirst(),
        ["the first comes"] = static (lease, _) => Assert.Equal(lease.Holder is LoopHolder.First or LoopHolder.Called, lease.TakeBack(mayTake: false)),
        ["it is slow"] = static (lease, _) => Assert.True(lease.TakeBack(mayTake: true)),
    };

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_LoopHolder_shows_its_table() => s_table.IsShownIn("src/Shims/Hosting/LoopHolder.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_holder_to_the_one_that_the_table_says(string name, string @event)
    {
        LoopHolder holder = Enum.Parse<LoopHolder>(name);
        HandlerChannel handler = AnyHandler(), other = AnyHandler();
        LoopLease lease = Reach(holder, handler);
        // The loop is not the business of a handler that has not got it.
        Assert.False(lease.BeginWait(other));
        Assert.False(lease.End(other, LoopHolder.Worker, out _));
        lease.LetGo(other);
        Assert.Equal(holder, lease.Holder);

        s_happen[@event](lease, handler);
        Assert.Equal(s_table[holder, @event], lease.Holder);
    }

    [Fact]
    public void A_handler_that_lets_go_while_a_thread_waits_in_its_name_does_not_get_the_loop_back()
    {
        HandlerChannel handler = AnyHandler();
        LoopLease lease = Reach(LoopHolder.WaitingHandler, handler);
        Assert.True(lease.IsWith(handler));
        lease.LetGo(handler);
        Assert.False(lease.IsWith(handler));
    }

    private static LoopLease Reach(LoopHolder holder, HandlerChannel handler)
    {
        string[] steps = holder switch
        {
            LoopHolder.First => [],
            LoopHolder.Handed => ["it is handed on"],
            LoopHolder.Worker => ["it is handed on", "a worker comes"],
            LoopHolder.Handler => ["it is handed on", "a worker comes", "a handler begins"],
            LoopHolder.WaitingHandler => ["it is handed on", "a worker comes", "a handler begins", "it waits"],
            _ => ["it is handed on", "a worker comes", "the first is called"],
        };
        var lease = new LoopLease(new object(), new HandlerPace());
        foreach (string step in steps)
            s_happen[step](lease, handler);
        Assert.Equal(holder, lease.Holder);
        return lease;
    }

    private static HandlerChannel AnyHandler()
    {
        var responder = new ScriptedHandler();
        using var wire = new Wire(Protocols.Scgi, responder: responder);
        wire.Send(ScgiClient.Encode(RequestVariables.For("GET", "/app"), body: []));
        return responder.Channel;
    }
}
