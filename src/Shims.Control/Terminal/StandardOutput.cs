using System.ComponentModel;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Terminal;

/// <summary>Descriptor 1, for bytes. .NET's own stream does not say that its reader has gone, so that an endless reply would be read for ever.</summary>
internal sealed class StandardOutput : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="BrokenPipeException">Nobody reads it any more.</exception>
    /// <exception cref="ShimException">The system refused.</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count = Libc.WriteWaiting(1, bytes);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (Libc.Errno == Errno.EAGAIN)
                Libc.WaitWritable(1, -1); // a terminal that somebody else has made non-blocking
            else if (Libc.Errno == Errno.EPIPE)
                throw new BrokenPipeException();
            else if (Libc.Errno != Errno.EINTR)
                throw new ShimException(ExitCode.SystemError, $"cannot write to standard output: {new Win32Exception(Libc.Errno).Message}", "let it lead to where there is room");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
