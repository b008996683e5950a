namespace Shims.Control.Serve;

/// <summary>The destination of a response.</summary>
internal interface IResponseSink
{
    /// <summary>Sets status and headers. Once, before the body.</summary>
    void Start(int status, IEnumerable<(string Name, string Value)> headers);

    /// <summary>Sends bytes of the body at once.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Ends a complete response.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);

    /// <summary>Aborts the response, so that the browser sees that it is truncated.</summary>
    void Abort();
}
