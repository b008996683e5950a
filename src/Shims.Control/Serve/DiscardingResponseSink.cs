namespace Shims.Control.Serve;

/// <summary>Discards the response to a request that is sent again. The request log keeps its start.</summary>
internal sealed class DiscardingResponseSink : IResponseSink
{
    public void Start(int status, IEnumerable<(string Name, string Value)> headers)
    {
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public void Abort()
    {
    }
}
