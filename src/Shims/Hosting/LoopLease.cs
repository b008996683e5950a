using System.Diagnostics;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The holder of the event loop: each event that changes it. Guarded by the scheduler's lock.</summary>
internal sealed class LoopLease(object sync, HandlerPace pace)
{
    /// <summary>Milliseconds between two looks at a handler that runs.</summary>
    private const int LookInterval = 5;

    private readonly ThreadSignal _firstIsCalled = new();
    private HandlerChannel? _handler;
    private long _since;
    private int _begun;
    private bool _isFirstParked;

    internal LoopHolder Holder { get; private set; }

    /// <summary>The first thread gives it to a worker that it has summoned.</summary>
    internal void Hand() => Holder = LoopHolder.Handed;

    /// <summary>A worker is there.</summary>
    /// <returns>True if it gets the loop.</returns>
    internal bool Accept()
    {
        if (Holder != LoopHolder.Handed)
            return false;
        Holder = LoopHolder.Worker;
        return true;
    }

    /// <summary>A handler begins, or goes on, on a thread that has the loop.</summary>
    internal void Lend(HandlerChannel handler)
    {
        (Holder, _handler, _since) = (LoopHolder.Handler, handler, Stopwatch.GetTimestamp());
        _begun++;
        if (!_isFirstParked)
            return;
        _isFirstParked = false;
        _firstIsCalled.Give();
    }

    /// <summary>True if a handler has it, running or waiting.</summary>
    internal bool IsWith(HandlerChannel handler) => _handler == handler;

    /// <summary>A handler waits.</summary>
    /// <returns>True if it has the loop, and so lets it go round.</returns>
    internal bool BeginWait(HandlerChannel handler)
    {
        if (Holder != LoopHolder.Handler || _handler != handler)
            return false;
        Holder = LoopHolder.WaitingHandler;
        return true;
    }

    /// <summary>A handler blocks its thread for something that is not seen here. A thread that lets the loop go round in its name sees that it is not the handler's any more.</summary>
    internal void LetGo(HandlerChannel handler)
    {
        if (_handler != handler)
            return;
        pace.Blocks();
        if (Holder == LoopHolder.Handler)
            CallFirst();
        _handler = null;
    }

    /// <summary>A handler has ended.</summary>
    /// <param name="handler">Which.</param>
    /// <param name="next">The next holder.</param>
    /// <param name="ticks">The time that the handler has run, or has since it last waited.</param>
    /// <returns>True if it had the loop to its end.</returns>
    internal bool End(HandlerChannel handler, LoopHolder next, out long ticks)
    {
        ticks = Stopwatch.GetTimestamp() - _since;
        if (Holder != LoopHolder.Handler || _handler != handler)
            return false;
        (Holder, _handler) = (next, null);
        return true;
    }

    /// <summary>The first thread is to take it.</summary>
    internal void CallFirst()
    {
        (Holder, _handler) = (LoopHolder.Called, null);
        _firstIsCalled.Give();
    }

    /// <summary>The first thread is there.</summary>
    /// <param name="mayTake">True if it takes the loop away from a handler that runs.</param>
    /// <returns>True if it has the loop.</returns>
    internal bool TakeBack(bool mayTake)
    {
        if (Holder == LoopHolder.Called || (mayTake && Holder == LoopHolder.Handler))
            (Holder, _handler) = (LoopHolder.First, null);
        return Holder == LoopHolder.First;
    }

    /// <summary>On the first thread, without the lock: returns when it has the loop, or has taken it from a handler that takes long.</summary>
    internal void AwaitLoop()
    {
        int seen = ~_begun;
        while (true)
        {
            int calls;
            bool isParked;
            lock (sync)
            {
                bool isSlow = Holder == LoopHolder.Handler && _begun == seen;
                if (isSlow)
                    pace.Blocks();
                if (TakeBack(isSlow))
                    return;
                // As long as no handler begins there is nothing to look at, and the next one that does says so.
                _isFirstParked = isParked = _begun == seen;
                seen = _begun;
                calls = _firstIsCalled.Count;
            }
            _firstIsCalled.Wait(calls, isParked ? -1 : LookInterval);
            lock (sync)
                _isFirstParked = false;
        }
    }
}
