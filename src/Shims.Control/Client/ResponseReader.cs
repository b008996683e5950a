namespace Shims.Control.Client;

/// <summary>Takes the CGI response out of what a gateway sends.</summary>
internal abstract class ResponseReader
{
    /// <summary>How it ended, as far as the protocol can tell; Open until then.</summary>
    internal ResponseEnd End { get; private set; }

    /// <summary>What is wrong, where it did not end well; null otherwise.</summary>
    internal PeerFault? Fault { get; private set; }

    /// <summary>The next bytes of the response; 0 once it has ended.</summary>
    internal abstract ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Notes the end. The first one counts.</summary>
    /// <returns>0, for whoever returns at the same time.</returns>
    protected int Finish(ResponseEnd end, PeerFault? fault = null)
    {
        if (End == ResponseEnd.Open)
            (End, Fault) = (end, fault);
        return 0;
    }
}
