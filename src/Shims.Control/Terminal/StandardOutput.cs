using System.ComponentModel;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Terminal;

/// <summary>Standard output, or standard error, as a stream of bytes.</summary>
/// <remarks>
/// .NET's own stream ignores EPIPE, so an endless response would be read for ever; and it sends escape sequences to a terminal before
/// anything is written.
/// </remarks>
/// <param name="descriptor">1, or 2: what cannot be written there is lost, since there is no other place to tell of it.</param>
internal sealed class StandardOutput(int descriptor = 1) : Stream
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

    /// <exception cref="BrokenPipeException">The reader has closed it.</exception>
    /// <exception cref="ShimException">Another error of write(2).</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count = Libc.WriteWaiting(descriptor, bytes);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (Libc.Errno == Errno.EAGAIN)
                Libc.WaitWritable(descriptor, -1); // a terminal that another process has made non-blocking
            else if (descriptor != 1 && Libc.Errno != Errno.EINTR)
                return;
            else if (Libc.Errno == Errno.EPIPE)
                throw new BrokenPipeException();
            else if (Libc.Errno != Errno.EINTR)
            {
                throw new ShimException(ExitCode.SystemError, $"cannot write to standard output: {new Win32Exception(Libc.Errno).Message}",
                    "free disk space, or redirect it elsewhere");
            }
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
