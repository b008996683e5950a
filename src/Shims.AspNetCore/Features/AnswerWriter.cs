using System.IO.Pipelines;

namespace Shims.AspNetCore.Features;

/// <summary>The body of a response as a pipe: the header goes out with the first flush.</summary>
internal sealed class AnswerWriter(ResponseFeature response, PipeWriter output) : PipeWriter
{
    private Memory<byte> _held;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        response.ThrowIfComplete();
        return _held = output.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _held.Length);
        response.Wrote(bytes);
        output.Advance(Decode(_held.Span[..bytes]));
        _held = _held[bytes..];
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (response.IsComplete)
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
        Task start = response.StartAsync(cancellationToken);
        return start.IsCompletedSuccessfully ? FlushStarted(cancellationToken) : FlushAfterAsync(start, cancellationToken);
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        response.ThrowIfComplete();
        await response.StartAsync(source.Length);
        ValueTask<FlushResult> write = response.Chunks is null ? output.WriteAsync(source, cancellationToken) : WriteDecodedAsync(source, cancellationToken);
        response.Push();
        return await write;
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <summary>Nothing more is written; the response is complete when the app says so, or returns.</summary>
    public override void Complete(Exception? exception = null)
    {
        // As on Kestrel, the stream still takes more.
    }

    /// <summary>Web servers that speak a gateway's protocol take no chunks.</summary>
    private ValueTask<FlushResult> WriteDecodedAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        Memory<byte> copy = output.GetMemory(Math.Max(source.Length, 1));
        source.CopyTo(copy);
        output.Advance(Decode(copy.Span[..source.Length]));
        return output.FlushAsync(cancellationToken);
    }

    private int Decode(Span<byte> written)
    {
        if (response.Chunks is not { } chunks)
            return written.Length;
        int count = chunks.Decode(written);
        response.BreakIfMalformed();
        return count;
    }

    private ValueTask<FlushResult> FlushStarted(CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush = output.FlushAsync(cancellationToken);
        response.Push();
        return flush;
    }

    private async ValueTask<FlushResult> FlushAfterAsync(Task start, CancellationToken cancellationToken)
    {
        await start;
        return await FlushStarted(cancellationToken);
    }
}
