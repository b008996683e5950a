namespace Shims.Control.Client;

/// <summary>The ways in which a response ends.</summary>
internal enum ResponseEnd
{
    /// <summary>Not yet ended.</summary>
    Open,

    /// <summary>Complete.</summary>
    Clean,

    /// <summary>The connection was closed before the response was complete.</summary>
    Early,

    /// <summary>The connection was reset, by the gateway or by the kernel: the response is not complete.</summary>
    Reset,

    /// <summary>Not a response of this protocol.</summary>
    Malformed,

    /// <summary>FastCGI: END_REQUEST says that the request was not carried out.</summary>
    Refused,
}
