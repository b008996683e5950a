using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Calls that other threads queue for an event loop. The loop is woken through a descriptor only while it may be waiting.</summary>
internal sealed class LoopCalls : IWatcher
{
    private readonly Lock _lock = new();
    private readonly int _wake = -1;
    private List<Exchange> _waiting = [], _told = [];
    private bool _mayBeAsleep;

    /// <summary>Without other threads.</summary>
    internal LoopCalls()
    {
    }

    /// <param name="loop">The loop that is woken.</param>
    internal LoopCalls(EventLoop loop) => loop.Watch(_wake = Libc.CreateEvent(), Readiness.Read, this);

    /// <summary>True if there is something to do.</summary>
    internal bool Any
    {
        get
        {
            lock (_lock)
                return _waiting.Count > 0;
        }
    }

    /// <summary>There is something to do about a request.</summary>
    internal void Add(Exchange exchange)
    {
        lock (_lock)
        {
            _waiting.Add(exchange);
            if (!_mayBeAsleep || _waiting.Count > 1)
                return;
        }
        Libc.SetEvent(_wake);
    }

    /// <summary>Lets the loop go round once, beginning with what there is to do.</summary>
    internal void Turn(Action round)
    {
        lock (_lock)
        {
            (_waiting, _told) = (_told, _waiting);
            _mayBeAsleep = true;
        }
        foreach (Exchange exchange in _told)
            exchange.Schedule();
        _told.Clear();
        round();
        lock (_lock)
            _mayBeAsleep = false;
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // The counter is never read: being told of each change is all that is wanted of it.
    }
}
