namespace Shims.Control.Serve;

/// <summary>The states of a request.</summary>
internal enum RequestState
{
    /// <summary>The response is not complete yet.</summary>
    Running,

    /// <summary>The response is complete.</summary>
    Done,

    /// <summary>The response is truncated, and the connection to the browser was aborted.</summary>
    Truncated,

    /// <summary>The browser closed the connection before the response was complete.</summary>
    Aborted,
}
