using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Tries again now and then while the log has no room.</summary>
internal sealed class LogFlush(EventLoop loop) : IDeadline
{
    /// <summary>Milliseconds between two tries: soon while the reader goes on reading, seldom once it has been given up.</summary>
    private const int Soon = 10, Seldom = 1000;

    private long _deadline = long.MaxValue;

    public long Deadline => _deadline;

    /// <summary>Schedules a flush: something waits to be written.</summary>
    internal void FlushSoon()
    {
        if (_deadline != long.MaxValue)
            return;
        _deadline = loop.Now + Soon;
        loop.WakeBy(_deadline);
    }

    void IDeadline.OnDeadline()
    {
        Log.Flush();
        _deadline = !Log.HasPending ? long.MaxValue : loop.Now + (Log.IsFull ? Soon : Seldom);
    }
}
