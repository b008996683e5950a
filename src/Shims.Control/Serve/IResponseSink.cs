namespace Shims.Control.Serve;

/// <summary>Where an answer goes.</summary>
internal interface IResponseSink
{
    /// <summary>Says status and headers. Once, before everything else.</summary>
    void Start(int status, IEnumerable<(string Name, string Value)> headers);

    /// <summary>Passes bytes on at once.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>The answer is complete.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);

    /// <summary>The answer broke off, and whoever reads it must see that.</summary>
    void BreakOff();
}
