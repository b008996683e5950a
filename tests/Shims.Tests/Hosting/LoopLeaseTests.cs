using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Testing;
using Shims.Tests.Gateway;

namespace Shims.Tests.Hosting;

/// <summary>Every holder of the event loop, and whose it is after each event.</summary>
public sealed class LoopLeaseTests
{
    private static readonly string[] s_table =
    [
        "First Handed - Handler - - - - First -",
        "Handed - Worker - - - - - Handed -",
        "Worker - Worker Handler - - - Called Worker -",
        "Handler - Handler - WaitingHandler Worker Called - Handler First",
        "WaitingHandler - WaitingHandler Handler - WaitingHandler WaitingHandler Called WaitingHandler -",
        "Called - Called - - Called Called - First -",
    ];

    private static readonly Action<LoopLease, HandlerChannel>[] s_events =
    [
        static (lease, _) => lease.Hand(),
        static (lease, _) => Assert.Equal(lease.Holder == LoopHolder.Handed, lease.Accept()),
        static (lease, handler) => lease.Lend(handler),
        static (lease, handler) => Assert.True(lease.BeginWait(handler)),
        static (lease, handler) => Assert.Equal(lease.Holder == LoopHolder.Handler, lease.End(handler, LoopHolder.Worker, out _)),
        static (lease, handler) => lease.LetGo(handler),
        static (lease, _) => lease.CallFirst(),
        static (lease, _) => Assert.Equal(lease.Holder is LoopHolder.First or LoopHolder.Called, lease.TakeBack(mayTake: false)),
        static (lease, _) => Assert.True(lease.TakeBack(mayTake: true)),
    ];

    public static TheoryData<int, int> Cells
    {
        get
        {
            var cells = new TheoryData<int, int>();
            for (int state = 0; state < s_table.Length; state++)
            {
                for (int @event = 0; @event < s_events.Length; @event++)
                {
                    if (s_table[state].Split(' ')[@event + 1] != "-")
                        cells.Add(state, @event);
                }
            }
            return cells;
        }
    }

    [Fact]
    public void The_comment_shows_the_table_that_is_tried()
    {
        string[] states = Enum.GetNames<LoopHolder>();
        Assert.Equal(states, s_table.Select(row => row.Split(' ')[0]));
        Assert.Equal(s_table, StateTable.InComment("src/Shims/Hosting/LoopHolder.cs", states));
    }

    [Theory, MemberData(nameof(Cells))]
    public void The_loop_goes_from_each_holder_to_the_next_one_with_each_event(int state, int @event)
    {
        HandlerChannel handler = AnyHandler(), other = AnyHandler();
        var lease = new LoopLease(new object(), new HandlerPace());
        foreach (Action<LoopLease, HandlerChannel> step in WayTo((LoopHolder)state))
            step(lease, handler);
        Assert.Equal((LoopHolder)state, lease.Holder);
        // The loop is not the business of a handler that has not got it.
        Assert.False(lease.BeginWait(other));
        Assert.False(lease.End(other, LoopHolder.Worker, out _));
        lease.LetGo(other);
        Assert.Equal((LoopHolder)state, lease.Holder);

        s_events[@event](lease, handler);
        Assert.Equal(s_table[state].Split(' ')[@event + 1], lease.Holder.ToString());
    }

    [Fact]
    public void A_handler_that_lets_go_while_a_thread_waits_in_its_name_does_not_get_the_loop_back()
    {
        HandlerChannel handler = AnyHandler();
        var lease = new LoopLease(new object(), new HandlerPace());
        foreach (Action<LoopLease, HandlerChannel> step in WayTo(LoopHolder.WaitingHandler))
            step(lease, handler);
        Assert.True(lease.IsWith(handler));
        lease.LetGo(handler);
        Assert.False(lease.IsWith(handler));
    }

    private static IEnumerable<Action<LoopLease, HandlerChannel>> WayTo(LoopHolder holder)
    {
        int[] events = holder switch
        {
            LoopHolder.First => [],
            LoopHolder.Handed => [0],
            LoopHolder.Worker => [0, 1],
            LoopHolder.Handler => [0, 1, 2],
            LoopHolder.WaitingHandler => [0, 1, 2, 3],
            _ => [0, 1, 6],
        };
        return events.Select(index => s_events[index]);
    }

    private static HandlerChannel AnyHandler()
    {
        var responder = new ScriptedHandler();
        using var wire = new Wire(Protocol.Scgi, responder);
        wire.Send(ScgiClient.Encode(RequestVariables.For("GET", "/app"), body: []));
        return responder.Channel;
    }
}
