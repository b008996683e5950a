using Shims.Posix;

namespace Shims.Gateway;

/// <summary>The bound for requests in flight when the process has been told to end.</summary>
internal sealed class FinishTime : ITimed
{
    private readonly GatewayServer _server;
    private long _deadline;

    internal FinishTime(GatewayServer server)
    {
        _server = server;
        _deadline = server.Loop.Now + Limits.FinishTime;
        server.Loop.Add(this);
    }

    public long Deadline => _deadline;

    void ITimed.OnTime()
    {
        _deadline = long.MaxValue;
        _server.Shutdown();
    }
}
