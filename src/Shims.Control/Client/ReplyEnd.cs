namespace Shims.Control.Client;

/// <summary>How a reply ended.</summary>
internal enum ReplyEnd
{
    /// <summary>It has not ended yet.</summary>
    Open,

    /// <summary>Complete.</summary>
    Clean,

    /// <summary>The connection was closed before the reply was complete.</summary>
    Early,

    /// <summary>The connection was reset: the gateway, or the kernel in its place, says that the reply is not to be trusted.</summary>
    Reset,

    /// <summary>What came is no reply of this protocol.</summary>
    Malformed,

    /// <summary>FastCGI: END_REQUEST says that the request was not carried out.</summary>
    Refused,
}
