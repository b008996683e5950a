using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Gives the service manager a sign of life for as long as all event loops of the process go round. If one of them stands still, there is none, and the service manager starts the program anew.</summary>
/// <param name="manager">The service manager.</param>
internal sealed class Watchdog(ServiceManager manager)
{
    /// <summary>Each loop beats in a quarter of the time, so that a sign that waits for the last of them comes in half of it, as sd_watchdog_enabled(3) advises.</summary>
    private const int BeatsInTime = 4;

    private readonly Lock _lock = new();
    private readonly HashSet<EventLoop> _loops = [], _silent = [];

    /// <summary>Watches a loop from now on.</summary>
    /// <returns>What the loop's thread disposes of when it goes round no more.</returns>
    internal IDisposable Watch(EventLoop loop)
    {
        lock (_lock)
        {
            _loops.Add(loop);
            _silent.Add(loop);
        }
        return new Pulse(this, loop, Math.Max(1, manager.WatchdogTime / BeatsInTime));
    }

    private void Beat(EventLoop loop)
    {
        lock (_lock)
        {
            _silent.Remove(loop);
            if (_silent.Count > 0)
                return;
            _silent.UnionWith(_loops);
        }
        manager.TellAlive();
    }

    private void Forget(EventLoop loop)
    {
        lock (_lock)
        {
            _loops.Remove(loop);
            _silent.Remove(loop);
        }
    }

    private sealed class Pulse : IDeadline, IDisposable
    {
        private readonly Watchdog _watchdog;
        private readonly EventLoop _loop;
        private readonly long _interval;

        internal Pulse(Watchdog watchdog, EventLoop loop, long interval)
        {
            (_watchdog, _loop, _interval, Deadline) = (watchdog, loop, interval, loop.Now + interval);
            loop.Add(this);
        }

        public long Deadline { get; private set; }

        void IDeadline.OnDeadline()
        {
            Deadline = _loop.Now + _interval;
            _watchdog.Beat(_loop);
        }

        public void Dispose()
        {
            _loop.Remove(this);
            _watchdog.Forget(_loop);
        }
    }
}
