namespace Shims.Gateway.Requests;

/// <summary>What answers a request: a script, an error page, a handler.</summary>
internal abstract class Response(Exchange exchange)
{
    protected Exchange Exchange { get; } = exchange;

    /// <summary>The body's way to who reads it, where that is a pipe.</summary>
    internal virtual PipeWriter? Input => null;

    /// <summary>Whether the rest of the body may stay where it is for now, because whoever reads it has enough and will go on by itself.</summary>
    internal virtual bool LetsBodyWait => false;

    /// <summary>Something has come in or gone out: do what can be done now, without waiting.</summary>
    internal abstract void Advance();

    /// <summary>Nobody waits for the answer any more.</summary>
    internal abstract void Abandon(StopReason reason);
}
