namespace Shims.Control.Serve;

/// <summary>The answer to a request that is sent again: what matters of it is on the record.</summary>
internal sealed class DiscardingResponseSink : IResponseSink
{
    public void Start(int status, IEnumerable<(string Name, string Value)> headers)
    {
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public void BreakOff()
    {
    }
}
