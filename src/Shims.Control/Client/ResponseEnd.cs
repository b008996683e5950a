namespace Shims.Control.Client;

/// <summary>How a response ended.</summary>
internal enum ResponseEnd
{
    /// <summary>It has not ended yet.</summary>
    Open,

    /// <summary>Complete.</summary>
    Clean,

    /// <summary>The connection was closed before the response was complete.</summary>
    Early,

    /// <summary>The connection was reset: the gateway, or the kernel in its place, says that the response is not to be trusted.</summary>
    Reset,

    /// <summary>What came is no response of this protocol.</summary>
    Malformed,

    /// <summary>FastCGI: END_REQUEST says that the request was not carried out.</summary>
    Refused,
}
