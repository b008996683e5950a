using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Sees to it that a process that has been told to end does so within <c>--finish-time</c>, whatever peers and scripts do.</summary>
internal sealed class FinishTime : IDeadline
{
    /// <summary>Milliseconds before the end at which what is still in flight is told to end too: as long as scripts get for that, and a moment for the page that says so.</summary>
    private const int EndingTime = Limits.KillGrace + 500;

    private readonly ConnectionSet _connections;
    private readonly long _end;
    private FinishPhase _phase;
    private long _deadline;

    internal FinishTime(ConnectionSet connections)
    {
        _connections = connections;
        long time = Math.Max(1, connections.Context.Limits.FinishSeconds * 1000L);
        _end = connections.Context.Loop.Now + time;
        _deadline = _end - Math.Min(EndingTime, time / 2);
        connections.Context.Loop.Add(this);
    }

    public long Deadline => _deadline;

    void IDeadline.OnDeadline()
    {
        switch (_phase)
        {
            case FinishPhase.Finishing:
                (_phase, _deadline) = (FinishPhase.Ending, Math.Max(_end, _connections.Context.Loop.Now + 1));
                _connections.Shutdown();
                break;
            case FinishPhase.Ending:
                (_phase, _deadline) = (FinishPhase.Over, long.MaxValue);
                _connections.Abort();
                break;
        }
    }
}
