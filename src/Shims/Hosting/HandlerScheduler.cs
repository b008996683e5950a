using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Decides which thread runs the event loop, and which runs a handler.</summary>
/// <remarks>
/// The thread that has read a request runs its handler, and meanwhile the loop stands still: as long as handlers are quick, nothing is handed over and no thread is woken. The
/// first thread looks every few milliseconds whether a handler takes long, and then takes the loop; after a few of that kind it keeps the loop and lets workers run handlers beside it, until
/// they are quick again. A handler that waits for its client lets the loop go round itself, as long as no other handler is to run. See <see cref="LoopHolder"/>.
/// Where there is one connection only there is one thread, unless the handler is asynchronous or has a time limit.
/// </remarks>
internal sealed class HandlerScheduler
{
    private readonly object _sync = new();
    private readonly Action<HandlerChannel> _run;
    private readonly LoopCalls _calls;
    private readonly HandlerPace _pace = new();
    private readonly LoopLease _lease;
    private readonly HandlerWorkers? _workers;
    private readonly Queue<HandlerChannel> _ready = new();
    private Action? _round;
    private Func<bool>? _isOver;
    private Exception? _fault;

    /// <summary>Without workers.</summary>
    /// <param name="run">Runs a handler.</param>
    internal HandlerScheduler(Action<HandlerChannel> run) => (_run, _lease, _calls) = (run, new LoopLease(_sync, _pace), new LoopCalls());

    /// <param name="run">Runs a handler.</param>
    /// <param name="maximum">Workers at the most.</param>
    /// <param name="loop">The event loop.</param>
    internal HandlerScheduler(Action<HandlerChannel> run, int maximum, EventLoop loop) =>
        (_run, _lease, _calls, _workers) = (run, new LoopLease(_sync, _pace), new LoopCalls(loop), new HandlerWorkers(_sync, Math.Max(1, maximum), Work));

    /// <summary>True if there is no thread but the first one.</summary>
    internal bool IsAlone => _workers is null;

    /// <summary>Serves, on the first thread, until that is over. The loop is the caller's before and after.</summary>
    /// <param name="round">Lets the loop go round once.</param>
    /// <param name="isOver">Asked by the thread that has the loop.</param>
    internal void Drive(Action round, Func<bool> isOver)
    {
        (_round, _isOver) = (round, isOver);
        while (!isOver())
        {
            if (IsAlone ? !TryRun() : !TryHandOn())
                _calls.Turn(round);
            if (!IsAlone)
                _lease.AwaitLoop();
            if (_fault is { } fault)
                ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>A handler may run. Called by the thread that has the loop.</summary>
    internal void Enqueue(HandlerChannel handler)
    {
        lock (_sync)
            _ready.Enqueue(handler);
    }

    /// <inheritdoc cref="LoopCalls.Add"/>
    internal void Push(Exchange exchange) => _calls.Add(exchange);

    /// <summary>A handler waits: if the loop stands still for it, this thread lets it go round, until what is waited for has come or the loop is needed elsewhere.</summary>
    internal void TurnUntil(HandlerChannel handler, HandlerWait wait)
    {
        lock (_sync)
        {
            if (!_lease.BeginWait(handler))
                return;
        }
        bool hasLoop = true;
        while (hasLoop && !handler.HasCome(wait))
            hasLoop = !IsNeededElsewhere(handler) && TryTurn();
        lock (_sync)
        {
            if (hasLoop && _lease.IsWith(handler))
                _lease.Lend(handler);
            else
                _lease.CallFirst();
            if (IsAlone)
                Monitor.PulseAll(_sync);
        }
        if (IsAlone && _fault is { } fault)
            ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>A handler blocks its thread for something that is not seen here: the first thread takes the loop at once.</summary>
    internal void LetGo(HandlerChannel handler)
    {
        if (IsAlone)
            return;
        lock (_sync)
            _lease.LetGo(handler);
    }

    /// <summary>Without workers: runs the next handler.</summary>
    /// <returns>False if there is none.</returns>
    private bool TryRun()
    {
        // What the last one has said goes out before the next one runs.
        if (_calls.Any || !_ready.TryDequeue(out HandlerChannel? handler))
            return false;
        lock (_sync)
            _lease.Lend(handler);
        _run(handler);
        lock (_sync)
        {
            // Another thread may still be waiting for the client in its name.
            while (_lease.Holder == LoopHolder.WaitingHandler)
                Monitor.Wait(_sync);
            _lease.TakeBack(mayTake: true);
        }
        return true;
    }

    /// <summary>On the first thread, which has the loop: hands the next handler to a worker, and the loop with it while handlers are quick.</summary>
    /// <returns>False if there is no handler to run, or no worker to be had.</returns>
    private bool TryHandOn()
    {
        lock (_sync)
        {
            if (_calls.Any || _ready.Count <= _workers!.Coming || !_workers.TrySummon())
                return false;
            if (_pace.IsQuick)
                _lease.Hand();
            return true;
        }
    }

    /// <summary>A worker: runs handlers, and while it has the loop, lets it go round.</summary>
    private void Work()
    {
        bool hasLoop = false;
        lock (_sync)
            _workers!.Arrive();
        while (true)
        {
            HandlerChannel? handler;
            lock (_sync)
            {
                while (!TryTake(ref hasLoop, out handler))
                    _workers.Rest();
            }
            hasLoop = handler is null ? TurnOrCallFirst() : Run(handler, hasLoop);
        }
    }

    /// <summary>Sees what there is to do for a worker.</summary>
    /// <param name="hasLoop">True if it has the loop.</param>
    /// <param name="handler">The handler to run; null if it is to let the loop go round.</param>
    /// <returns>False if there is nothing.</returns>
    private bool TryTake(ref bool hasLoop, out HandlerChannel? handler)
    {
        handler = null;
        hasLoop |= _lease.Accept();
        if ((hasLoop && _calls.Any) || !_ready.TryDequeue(out handler))
            return hasLoop;
        if (hasLoop && !_pace.IsQuick)
        {
            _lease.CallFirst();
            hasLoop = false;
        }
        if (hasLoop)
            _lease.Lend(handler);
        return true;
    }

    /// <returns>True if the worker has the loop afterwards.</returns>
    private bool Run(HandlerChannel handler, bool hasLoop)
    {
        long since = Stopwatch.GetTimestamp();
        _run(handler);
        lock (_sync)
        {
            bool hasStill = _lease.End(handler, LoopHolder.Worker, out long ticks) && hasLoop;
            _pace.Ran(hasStill ? ticks : Stopwatch.GetTimestamp() - since);
            return hasStill;
        }
    }

    private bool TurnOrCallFirst()
    {
        if (TryTurn())
            return true;
        lock (_sync)
            _lease.CallFirst();
        return false;
    }

    private bool IsNeededElsewhere(HandlerChannel handler)
    {
        lock (_sync)
            return !IsAlone && (_ready.Count > 0 || !_lease.IsWith(handler));
    }

    /// <summary>Lets the loop go round once, for a worker or a handler.</summary>
    /// <returns>False if the first thread is to have it.</returns>
    private bool TryTurn()
    {
        try
        {
            if (!IsAlone && _isOver!())
                return false;
            _calls.Turn(_round!);
            return true;
        }
        catch (Exception fault)
        {
            _fault = fault;
            return false;
        }
    }
}
