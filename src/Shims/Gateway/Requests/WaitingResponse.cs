using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Holds the place of the response while a request waits for a slot, in order of arrival: <c>--max-wait</c>.</summary>
/// <remarks>Requests of several processes may wait for the same slots, and nothing tells when one of another process is free: that is
/// looked at now and then.</remarks>
internal sealed class WaitingResponse : Response, IDeadline, IWaitsForSlot
{
    private readonly Action _begin;
    private readonly long _ticket;
    private readonly long _until;
    private long _deadline;

    private WaitingResponse(Exchange exchange, Action begin, long ticket)
        : base(exchange)
    {
        _begin = begin;
        _ticket = ticket;
        _deadline = Context.Loop.Now;
        _until = _deadline + Context.Limits.WaitSeconds * 1000L;
    }

    long IDeadline.Deadline => _deadline;

    private LoopContext Context => Exchange.Context;

    private Slots Slots => Context.Service.Slots;

    /// <summary>Lets a request wait.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="begin">Begins to answer it, once it has a slot.</param>
    /// <returns>False if too many wait already.</returns>
    internal static bool TryStart(Exchange exchange, Action begin)
    {
        long ticket = exchange.Context.Service.Slots.Join();
        if (ticket < 0)
            return false;
        var waiting = new WaitingResponse(exchange, begin, ticket);
        exchange.Response = waiting;
        exchange.Context.Waiting.Add(waiting);
        exchange.Context.Loop.Add(waiting);
        exchange.Context.Service.Watch?.CountQueued(1);
        return true;
    }

    /// <inheritdoc/>
    public void Look() => Context.Loop.WakeBy(_deadline = Context.Loop.Now);

    internal override void Advance()
    {
        // Until there is a slot, there is nothing to send.
    }

    internal override void Abandon(StopReason reason)
    {
        if (_deadline == long.MaxValue)
            return;
        Leave();
        if (reason == StopReason.Shutdown)
            Exchange.Fail(LoopContext.ToldToEnd);
    }

    void IDeadline.OnDeadline()
    {
        long now = Context.Loop.Now;
        int ahead = Slots.Ahead(_ticket), reason = 0;
        if (ahead == 0 && Slots.TryTake(out int slot, out reason))
        {
            Leave();
            Exchange.Slot = slot;
            Exchange.Response = null;
            _begin();
            Exchange.Schedule();
        }
        else if (reason != 0 || now >= _until)
        {
            Leave();
            Admission.Refuse(Exchange, reason == 0 ? Admission.NoSlot(Context.Limits) : Admission.NoLock(reason));
        }
        else
        {
            _deadline = Math.Min(_until, now + Math.Min(Limits.SlotLook * (ahead + 1L), Limits.LongestSlotLook));
        }
    }

    private void Leave()
    {
        _deadline = long.MaxValue;
        Context.Loop.Remove(this);
        Context.Waiting.Remove(this);
        Context.Service.Watch?.CountQueued(-1);
        Slots.Leave(_ticket);
    }
}
