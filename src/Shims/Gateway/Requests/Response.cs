namespace Shims.Gateway.Requests;

/// <summary>The response to a request: of a script, of a handler, or an error page.</summary>
internal abstract class Response(Exchange exchange)
{
    protected Exchange Exchange { get; } = exchange;

    /// <summary>The writer of the request's body into a pipe, if its reader has one.</summary>
    internal virtual PipeWriter? Input => null;

    /// <summary>True if the rest of the body may stay where it is for now, because its reader has enough and will go on by itself.</summary>
    internal virtual bool LetsBodyWait => false;

    /// <summary>True if it may go on although its client has left.</summary>
    internal virtual bool MayGoOn => false;

    /// <summary>Its client has left, and it goes on.</summary>
    internal virtual void ClientLeft()
    {
        // There is nothing to tell.
    }

    /// <summary>Does what can be done now, without waiting, after something has come in or gone out.</summary>
    internal abstract void Advance();

    /// <summary>Abandons the response: it is no longer wanted.</summary>
    internal abstract void Abandon(StopReason reason);
}
