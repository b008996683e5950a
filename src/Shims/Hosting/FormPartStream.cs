namespace Shims.Hosting;

/// <summary>The content of one part of a form, bounded, with the library's errors as ours.</summary>
internal sealed class FormPartStream(Stream content, long limit) : Stream
{
    private long _count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("A part of a form can only be read from start to end.");

    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException("A part of a form can only be read from start to end.");
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return Counted(content.Read(buffer, offset, count));
        }
        catch (Exception exception) when (IsTheirs(exception))
        {
            throw new BadRequestException(400, "the multipart form is malformed");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Counted(await content.ReadAsync(buffer, cancellationToken));
        }
        catch (Exception exception) when (IsTheirs(exception))
        {
            throw new BadRequestException(400, "the multipart form is malformed");
        }
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A part of a form can only be read from start to end.");

    public override void SetLength(long value) => throw new NotSupportedException("A part of a form cannot be written to.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A part of a form cannot be written to.");

    private static bool IsTheirs(Exception exception) => exception is InvalidDataException or IOException and not RequestAbortedException;

    private int Counted(int count)
    {
        _count += count;
        return _count <= limit ? count : throw new BadRequestException(413, $"a part of the form is larger than {limit} bytes");
    }
}
