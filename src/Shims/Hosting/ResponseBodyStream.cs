namespace Shims.Hosting;

/// <summary>The body of a response, as a stream for code that wants one.</summary>
internal sealed class ResponseBodyStream(CgiResponse response) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("The response's body can only be written from start to end.");

    public override long Position
    {
        get => throw new NotSupportedException("The response's body can only be written from start to end.");
        set => throw new NotSupportedException("The response's body can only be written from start to end.");
    }

    public override void Write(byte[] buffer, int offset, int count) => response.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => response.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        response.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => response.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        response.Flush();
        return Task.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The response's body cannot be read.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The response's body can only be written from start to end.");

    public override void SetLength(long value) => throw new NotSupportedException("The response's body can only be written from start to end.");
}
