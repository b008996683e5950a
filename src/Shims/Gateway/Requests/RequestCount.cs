namespace Shims.Gateway.Requests;

/// <summary>Counts the requests that a process has in flight on all its event loops, and the scripts and handlers that go on after them.</summary>
/// <param name="now">Milliseconds, on the loops' clock: nothing has happened until then.</param>
internal sealed class RequestCount(long now)
{
    private int _inFlight;
    private long _idleSince = now;
    private Action? _whenNone;

    internal int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The time when the last request ended.</summary>
    internal long IdleSince => Volatile.Read(ref _idleSince);

    internal void Started() => Interlocked.Increment(ref _inFlight);

    internal void Ended(long now)
    {
        // In this order: a thread that sees that none is left finds the right time.
        Volatile.Write(ref _idleSince, now);
        if (Interlocked.Decrement(ref _inFlight) == 0)
            Volatile.Read(ref _whenNone)?.Invoke();
    }

    /// <summary>Calls back, on any loop's thread, each time that no request is left; now, if there is none.</summary>
    internal void WhenNone(Action act)
    {
        Volatile.Write(ref _whenNone, act);
        if (InFlight == 0)
            act();
    }
}
