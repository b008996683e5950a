namespace Shims.Hosting;

/// <summary>The body of a request, as it comes in.</summary>
internal sealed class RequestBodyStream(HandlerChannel channel) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The request's body can only be read from start to end. Its length is CgiRequest.ContentLength.");

    public override long Position
    {
        get => throw new NotSupportedException("The request's body can only be read from start to end.");
        set => throw new NotSupportedException("The request's body can only be read from start to end.");
    }

    public override int Read(byte[] buffer, int offset, int count) => channel.Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => channel.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Waits on a thread of the pool, and only if nothing is there; right here where there is no other thread, as the handler is not asynchronous then.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (channel.ReadsAtOnce)
            return ValueTask.FromResult(channel.Read(buffer.Span));
        return new ValueTask<int>(Task.Run(() => channel.Read(buffer.Span), cancellationToken));
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The request's body can only be read from start to end.");

    public override void SetLength(long value) => throw new NotSupportedException("The request's body cannot be written to.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The request's body cannot be written to.");
}
