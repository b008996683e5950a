namespace Shims.Gateway;

/// <summary>What answers a request: a script, an error page, a handler.</summary>
internal abstract class Answer(Exchange exchange)
{
    protected Exchange Exchange { get; } = exchange;

    /// <summary>Something has come in or gone out: do what can be done now, without waiting.</summary>
    internal abstract void Advance();

    /// <summary>Nobody waits for the answer any more.</summary>
    internal abstract void Abandon(StopReason reason);
}
