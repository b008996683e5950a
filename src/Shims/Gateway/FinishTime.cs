using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Sees to it that a process that has been told to end does so within <c>--finish-time</c>, whatever peers and scripts do.</summary>
internal sealed class FinishTime : ITimed
{
    /// <summary>Milliseconds before the end at which what is still in flight is told to end too: as long as scripts get for that, and a moment for the page that says so.</summary>
    private const int EndingTime = Limits.KillGrace + 500;

    private readonly GatewayServer _server;
    private readonly long _end;
    private FinishPhase _phase;
    private long _deadline;

    internal FinishTime(GatewayServer server)
    {
        _server = server;
        long time = Math.Max(1, server.Options.Limits.FinishSeconds * 1000L);
        _end = server.Loop.Now + time;
        _deadline = _end - Math.Min(EndingTime, time / 2);
        server.Loop.Add(this);
    }

    public long Deadline => _deadline;

    void ITimed.OnTime()
    {
        switch (_phase)
        {
            case FinishPhase.Finishing:
                (_phase, _deadline) = (FinishPhase.Ending, Math.Max(_end, _server.Loop.Now + 1));
                _server.Shutdown();
                break;
            case FinishPhase.Ending:
                (_phase, _deadline) = (FinishPhase.Over, long.MaxValue);
                _server.Abort();
                break;
        }
    }
}
