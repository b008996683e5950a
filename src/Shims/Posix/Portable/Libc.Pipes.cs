namespace Shims.Posix;

// Pipes, and what stands in for them.
internal static unsafe partial class Libc
{
    private const int PipeCloseOnExec = 0x10;

    /// <summary>A pipe, both ends close-on-exec; the shim's end does not block.</summary>
    /// <param name="shimReads">True where the shim reads what a script writes, false where it is the other way round.</param>
    internal static bool CreatePipe(bool shimReads, out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2] { -1, -1 };
        bool isMade = Checked(SystemNative.Pipe(ends, PipeCloseOnExec)) == 0;
        (readEnd, writeEnd) = isMade ? (ends[0], ends[1]) : (-1, -1);
        if (isMade)
            SetNonBlocking(shimReads ? readEnd : writeEnd, true);
        return isMade;
    }

    /// <summary>Somewhere to write to that leads nowhere, and to read from that is at its end; where there is no /dev/null, writing fails.</summary>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenNowhere()
    {
        int descriptor = Open("/dev/null\0"u8, Flags.O_RDWR);
        return descriptor >= 0 ? descriptor : OpenEmptyPipe();
    }

    /// <summary>Lets a pipe hold more, where the system can do that.</summary>
    internal static void EnlargePipe(int pipe, int size)
    {
        if (SystemNative.FcntlCanGetSetPipeSz() != 0)
            SystemNative.FcntlSetPipeSz(pipe, size);
    }

    /// <summary>The number of bytes that a pipe or socket holds.</summary>
    internal static int Available(int pipe)
    {
        int count = 0;
        return SystemNative.GetBytesAvailable(pipe, &count) == 0 ? count : 0;
    }

    /// <summary>The number of columns of a terminal; <see cref="int.MaxValue"/> for anything else.</summary>
    internal static int ColumnsOf(int descriptor)
    {
        SystemNative.WindowSize size;
        return SystemNative.GetWindowSize(descriptor, &size) == 0 && size.Columns > 0 ? size.Columns : int.MaxValue;
    }

    /// <summary>Not possible.</summary>
    internal static nint Splice(int from, int to, long length) => Fail(Posix.Errno.EINVAL);

    /// <summary>What holds bytes for which a pipe has no room.</summary>
    private static int CreateHolder() => TemporaryFile.Create();

    /// <summary>A file in memory that has no name and no directory, close-on-exec, where the system has such files.</summary>
    /// <param name="nulTerminatedName">A name for people.</param>
    internal static int CreateMemoryFile(ReadOnlySpan<byte> nulTerminatedName, int flags = 0)
    {
        if (SystemNative.IsMemfdSupported() == 0)
            return Fail(Posix.Errno.ENOSYS);
        int file;
        fixed (byte* name = nulTerminatedName)
            file = (int)Checked(SystemNative.MemfdCreate(name, 0));
        if (file >= 0)
            SetCloseOnExec(file);
        return file;
    }
}
