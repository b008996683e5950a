namespace Shims.Posix;

// What both builds make of the calls that each has: the portable one too. docs/portable.md.
internal static unsafe partial class Libc
{
    /// <summary>Writes everything, waiting for room, until that fails.</summary>
    internal static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count = WriteWaiting(descriptor, bytes);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (Errno == Posix.Errno.EAGAIN)
                WaitWritable(descriptor, -1); // a terminal that another process has made non-blocking
            else if (Errno != Posix.Errno.EINTR)
                return;
        }
    }

    /// <summary>Somewhere to read from that is at its end: /dev/null, or where there is none (in a bare chroot), a pipe into which nothing is written.</summary>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenEmpty()
    {
        int descriptor = Open("/dev/null\0"u8, Flags.O_RDONLY);
        return descriptor >= 0 ? descriptor : OpenEmptyPipe();
    }

    private static int OpenEmptyPipe()
    {
        if (CreatePipe(shimReads: false, out int readEnd, out int writeEnd))
            Close(writeEnd);
        return readEnd;
    }

    /// <summary>A script's standard input: it reads these bytes and then the end.</summary>
    /// <remarks>
    /// A pipe, which is what scripts know. The system lets a user who has many of them fill a page or two of each further one only (pipe(7), pipe-user-pages-soft), and the script
    /// does not read yet: what does not fit becomes a file without a name.
    /// </remarks>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenHolding(ReadOnlySpan<byte> bytes)
    {
        if (CreatePipe(shimReads: false, out int readEnd, out int writeEnd))
        {
            nint written = Write(writeEnd, bytes);
            Close(writeEnd);
            if (written == bytes.Length)
                return readEnd;
            Close(readEnd);
        }
        int file = CreateHolder();
        // The file's position stays at its start.
        for (int done = 0; file >= 0 && done < bytes.Length;)
        {
            nint written = WriteAt(file, bytes[done..], done);
            if (written > 0)
            {
                done += (int)written;
                continue;
            }
            Close(file);
            file = -1;
        }
        return file;
    }
}
