namespace Shims.Hosting;

/// <summary>The handler runs on the loop's own thread: while it waits, the loop goes round. No thread, no lock that could be contended.</summary>
internal sealed class LoopGate : Gate
{
    internal override bool IsOnLoop => true;

    internal override void Push(HandlerAnswer answer) => answer.AdvanceExchange();

    internal override void Wait(HandlerAnswer answer) => answer.WaitForExchange();

    internal override void Wake(HandlerAnswer answer)
    {
        // Whoever waits has called the loop, and goes on when it returns.
    }
}
