namespace Shims.Gateway.Requests;

/// <summary>The reason for which a script was told to end.</summary>
internal enum StopReason : byte
{
    /// <summary>The script was not told to end.</summary>
    None,

    /// <summary>The script took longer than <c>--timeout</c>.</summary>
    TimedOut,

    /// <summary>The web server has gone or has aborted the request; there is no one to tell.</summary>
    PeerGone,

    /// <summary>The web server has gone because it has the whole response: the script may finish what else it does.</summary>
    ResponseComplete,

    /// <summary>Its output is not a CGI response, or could not be taken: the client has been told.</summary>
    Refused,

    /// <summary>The shim itself has been told to end.</summary>
    Shutdown,
}
