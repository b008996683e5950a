namespace Shims.Gateway.Requests;

/// <summary>What becomes of a request, for the access log and for those who count.</summary>
/// <param name="access">Collects what the access log says of it; null without one.</param>
internal struct RequestOutcome(AccessEntry? access)
{
    /// <summary>nginx's status of a request whose client has left before a response.</summary>
    internal const int ClientGone = 499;

    private short _status;

    /// <summary>Collects what the access log says of the request; null without one.</summary>
    internal AccessEntry? Access { get; } = access;

    /// <summary>The status of the response; 0 if it is not known, as that of a script which writes to the connection itself.</summary>
    internal readonly int Status => _status;

    /// <summary>The way in which it is answered.</summary>
    internal RequestMode Mode { get; set; }

    /// <summary>True if it only asks how the process is: then it is not counted, and does not keep the process from being idle.</summary>
    internal bool IsWatching { get; set; }

    /// <summary>There is a response.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="headLength">Bytes of its header.</param>
    internal void Begin(int status, int headLength)
    {
        _status = (short)status;
        Access?.Begin(status, headLength);
    }
}
