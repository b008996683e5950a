using System.IO.Pipelines;

namespace Shims.AspNetCore.Features;

/// <summary>The body of a response as a pipe: the header goes out with the first flush.</summary>
internal sealed class AnswerWriter(ResponseFeature response, PipeWriter output) : PipeWriter
{
    private int _held;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        response.ThrowIfComplete();
        Memory<byte> memory = output.GetMemory(sizeHint);
        _held = memory.Length;
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _held);
        _held -= bytes;
        response.Wrote(bytes);
        output.Advance(bytes);
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
        await response.StartAsync(cancellationToken);
        response.Wrote(source.Length);
        response.ThrowIfBodiless(source.Length);
        ValueTask<FlushResult> write = output.WriteAsync(source, cancellationToken);
        response.Push();
        return await write;
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <summary>Nothing more is written; the response is complete when the app says so, or returns.</summary>
    public override void Complete(Exception? exception = null)
    {
        // As on Kestrel, the stream still takes more.
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
