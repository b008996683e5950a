namespace Shims.Control.Client;

/// <summary>Reads the CGI response from a gateway's protocol.</summary>
internal abstract class ResponseReader
{
    /// <summary>The end of the response, as far as the protocol shows it; Open until then.</summary>
    internal ResponseEnd End { get; private set; }

    /// <summary>The fault of the response; null if there is none.</summary>
    internal PeerFault? Fault { get; private set; }

    /// <summary>True if the response may begin with the status line of HTTP, as it does over uwsgi.</summary>
    internal virtual bool MayHaveStatusLine => false;

    /// <summary>True if the protocol marks the end of a response, so that one without a header is empty, and not missing.</summary>
    internal virtual bool HasEndMark => false;

    /// <summary>Reads the next bytes of the response.</summary>
    /// <returns>Their number; 0 at the end.</returns>
    internal abstract ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Records the end. Later calls change nothing.</summary>
    /// <returns>Always 0, so that callers can <c>return Finish(...)</c>.</returns>
    protected int Finish(ResponseEnd end, PeerFault? fault = null)
    {
        if (End == ResponseEnd.Open)
            (End, Fault) = (end, fault);
        return 0;
    }
}
