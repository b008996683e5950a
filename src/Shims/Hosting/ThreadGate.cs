using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Handlers run on threads of their own, and wake the loop through a descriptor that it watches.</summary>
internal sealed class ThreadGate : Gate, IWatcher
{
    private readonly Lock _lock = new();
    private readonly int _wake = Libc.CreateEvent();
    private List<HandlerAnswer> _pushed = [];
    private List<HandlerAnswer> _advancing = [];

    internal ThreadGate(EventLoop loop) => loop.Watch(_wake, Readiness.Read, this);

    internal override bool IsOnLoop => false;

    internal override void Push(HandlerAnswer answer)
    {
        lock (_lock)
        {
            _pushed.Add(answer);
            if (_pushed.Count > 1)
                return; // the loop knows already
        }
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        Libc.Write(_wake, one);
    }

    internal override void Wait(HandlerAnswer answer) => Monitor.Wait(answer.Sync);

    internal override void Wake(HandlerAnswer answer) => Monitor.PulseAll(answer.Sync);

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // The counter is never read: being told of each change is all that is wanted of it.
        lock (_lock)
            (_pushed, _advancing) = (_advancing, _pushed);
        foreach (HandlerAnswer answer in _advancing)
            answer.AdvanceExchange();
        _advancing.Clear();
    }
}
