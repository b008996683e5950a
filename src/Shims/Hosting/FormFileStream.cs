using Microsoft.Win32.SafeHandles;

namespace Shims.Hosting;

/// <summary>One file of a form: a part of the temporary file that holds them all. Can be read and sought.</summary>
internal sealed class FormFileStream(SafeFileHandle file, long start, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int room = (int)Math.Min(buffer.Length, Math.Max(0, length - _position));
        int count = room == 0 ? 0 : RandomAccess.Read(file, buffer[..room], start + _position);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => length,
    };

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException("An uploaded file cannot be written to.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An uploaded file cannot be written to.");
}
