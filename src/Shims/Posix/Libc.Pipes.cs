using System.Runtime.InteropServices;

namespace Shims.Posix;

// Pipes, and the files in memory that stand in for them.
internal static unsafe partial class Libc
{
    /// <summary>A pipe, both ends close-on-exec; the shim's end does not block.</summary>
    /// <param name="shimReads">True where the shim reads what a script writes, false where it is the other way round.</param>
    internal static bool CreatePipe(bool shimReads, out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2];
        readEnd = writeEnd = -1;
        if (Kernel.Call(SystemCall.CreatePipe, (nint)ends, Flags.O_CLOEXEC) < 0)
            return false;
        readEnd = ends[0];
        writeEnd = ends[1];
        Kernel.Call(SystemCall.FileControl, shimReads ? readEnd : writeEnd, Flags.F_SETFL, Flags.O_NONBLOCK | (shimReads ? 0 : 1));
        return true;
    }

    /// <summary>Somewhere to write to that leads nowhere, and to read from that is at its end: /dev/null, or where there is none, a file in memory that must not grow. Where there is neither, writing fails.</summary>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenNowhere()
    {
        const int mayBeSealed = 2, addSeals = 1033, sealAndGrowAndWrite = 1 | 4 | 8;
        int descriptor = Open("/dev/null\0"u8, Flags.O_RDWR);
        if (descriptor >= 0)
            return descriptor;
        descriptor = CreateMemoryFile("shims\0"u8, mayBeSealed);
        if (descriptor < 0)
            return OpenEmptyPipe();
        Kernel.Call(SystemCall.FileControl, descriptor, addSeals, sealAndGrowAndWrite);
        return descriptor;
    }

    /// <summary>Lets a pipe hold more, if the system has room for that. F_SETPIPE_SZ.</summary>
    internal static void EnlargePipe(int pipe, int size) => Kernel.Call(SystemCall.FileControl, pipe, Flags.F_SETPIPE_SZ, size);

    /// <summary>The number of bytes that a pipe or socket holds. ioctl(2), FIONREAD.</summary>
    internal static int Available(int pipe)
    {
        const nint fionRead = 0x541B;
        int count = 0;
        return Kernel.Call(SystemCall.InputOutputControl, pipe, fionRead, (nint)(&count)) == 0 ? count : 0;
    }

    /// <summary>The number of columns of a terminal; <see cref="int.MaxValue"/> for anything else. ioctl_tty(2), TIOCGWINSZ.</summary>
    internal static int ColumnsOf(int descriptor)
    {
        const nint getWindowSize = 0x5413;
        ushort* size = stackalloc ushort[4] { 0, 0, 0, 0 }; // rows, columns, and both in pixels
        return Kernel.Call(SystemCall.InputOutputControl, descriptor, getWindowSize, (nint)size) == 0 && size[1] > 0 ? size[1] : int.MaxValue;
    }

    /// <summary>Reads all that a pipe holds, and leaves it there. tee(2).</summary>
    /// <returns>The number of bytes; -1 if it is more than there is room for.</returns>
    internal static int PeekPipe(int pipe, Span<byte> buffer)
    {
        int available = Available(pipe);
        if (available == 0)
            return 0;
        if (available > buffer.Length || !CreatePipe(shimReads: true, out int copy, out int copyEnd))
            return -1;
        nint count = Kernel.Call(SystemCall.Tee, pipe, copyEnd, available);
        bool isWhole = count == available && Read(copy, buffer) == count;
        Close(copy);
        Close(copyEnd);
        return isWhole ? (int)count : -1;
    }

    /// <summary>Moves bytes from a pipe to a descriptor inside the kernel. splice(2); waits for neither if the descriptor is non-blocking too.</summary>
    /// <exception cref="OverflowException">The length is negative.</exception>
    internal static nint Splice(int from, int to, long length)
    {
        const uint move = 1, nonBlocking = 2;
        return splice(from, null, to, null, checked((nuint)length), move | nonBlocking);
    }

    /// <summary>What holds bytes for which a pipe has no room.</summary>
    private static int CreateHolder() => CreateMemoryFile("shims\0"u8);

    /// <summary>A file in memory that has no name and no directory, close-on-exec. memfd_create(2).</summary>
    /// <param name="nulTerminatedName">The name that /proc shows.</param>
    internal static int CreateMemoryFile(ReadOnlySpan<byte> nulTerminatedName, int flags = 0)
    {
        const nint closeOnExec = 1;
        fixed (byte* name = nulTerminatedName)
            return (int)Kernel.Call(SystemCall.CreateMemoryFile, (nint)name, flags | closeOnExec);
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);
}
