namespace Shims.Hosting;

/// <summary>The hand-over of a request to its handler: each event that changes its state. Guarded by the lock of its <see cref="HandlerChannel"/>.</summary>
/// <param name="ended">Called once, when the handler has ended or is not awaited any more, on any thread.</param>
internal sealed class HandOff(Action ended)
{
    private CancellationTokenSource? _aborted;

    internal HandOffState State { get; private set; }

    /// <summary>True if the response is not wanted any more, or has been sent.</summary>
    internal bool IsOver => State >= HandOffState.Orphaned;

    /// <summary>Cancelled when the response is not wanted any more.</summary>
    internal CancellationToken Aborted => IsOver ? new CancellationToken(canceled: true) : (_aborted ??= new CancellationTokenSource()).Token;

    /// <summary>True if the handler has yet to end.</summary>
    private bool IsDue => State is HandOffState.Awaiting or HandOffState.Queued or HandOffState.Running or HandOffState.Orphaned;

    /// <summary>The body is there.</summary>
    /// <returns>True if a thread is to be asked for now.</returns>
    internal bool Queue() => EnterFrom(HandOffState.Awaiting, HandOffState.Queued);

    /// <summary>A thread has taken the request.</summary>
    /// <returns>True if the handler is to run.</returns>
    internal bool Take() => EnterFrom(HandOffState.Queued, HandOffState.Running);

    /// <summary>The handler has returned.</summary>
    internal void Return() => End(HandOffState.Completed);

    /// <summary>The handler has thrown.</summary>
    internal void Throw() => End(HandOffState.Failed);

    /// <summary>The response has been sent, or is not wanted any more.</summary>
    internal void Close() => Leave(State == HandOffState.Running ? HandOffState.Orphaned : HandOffState.Over);

    /// <summary>The handler's time is up. It may never end.</summary>
    internal void GiveUp() => Leave(HandOffState.Over);

    private void End(HandOffState end)
    {
        if (!EnterFrom(HandOffState.Running, end))
            EnterFrom(HandOffState.Orphaned, HandOffState.Over);
    }

    private void Leave(HandOffState next)
    {
        if (IsOver)
            return;
        // What is registered with the token must not run on the loop's thread, which serves others.
        if (State == HandOffState.Running && _aborted is { } aborted)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), aborted, preferLocal: false);
        EnterFrom(State, next);
    }

    private bool EnterFrom(HandOffState from, HandOffState next)
    {
        if (State != from)
            return false;
        bool wasDue = IsDue;
        State = next;
        if (wasDue && !IsDue)
            ended();
        return true;
    }
}
