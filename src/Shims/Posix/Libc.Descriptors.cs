using System.Runtime.InteropServices;

namespace Shims.Posix;

// What is open: reading, writing, and the descriptors themselves.
internal static unsafe partial class Libc
{
    internal static void Close(int descriptor)
    {
        if (descriptor >= 0)
            Kernel.Call(SystemCall.Close, descriptor);
    }

    /// <summary>One read, whatever the descriptor is. Never waits on what was opened non-blocking. read(2).</summary>
    internal static nint Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
                count = Kernel.Call(SystemCall.Read, descriptor, (nint)start, buffer.Length);
            while (count < 0 && Errno == Posix.Errno.EINTR);
            return count;
        }
    }

    /// <summary>One read that may take its time. read(2).</summary>
    internal static nint ReadWaiting(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return read_waiting(descriptor, start, (nuint)buffer.Length);
    }

    /// <summary>One write that may take its time. write(2).</summary>
    internal static nint WriteWaiting(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return write_waiting(descriptor, start, (nuint)bytes.Length);
    }

    internal static nint Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
                count = Kernel.Call(SystemCall.Write, descriptor, (nint)start, bytes.Length);
            while (count < 0 && Errno == Posix.Errno.EINTR);
            return count;
        }
    }

    /// <summary>Reads at an offset, leaving the file's position alone. pread(2).</summary>
    internal static nint ReadAt(int descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
            return pread(descriptor, start, (nuint)buffer.Length, offset);
    }

    /// <summary>Writes at an offset, leaving the file's position alone. pwrite(2).</summary>
    internal static nint WriteAt(int descriptor, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
            return Kernel.Call(SystemCall.WriteAt, descriptor, (nint)start, bytes.Length, (nint)offset);
    }

    internal static int Truncate(int descriptor, long length) => ftruncate(descriptor, length);

    /// <summary>Makes <paramref name="target"/> name the same open file as <paramref name="source"/>, and inheritable unless it did already. dup3(2).</summary>
    internal static int Duplicate(int source, int target)
    {
        if (source == target)
            return target;
        nint result;
        do
            result = Kernel.Call(SystemCall.Duplicate, source, target);
        while (result < 0 && Errno == Posix.Errno.EINTR);
        return (int)result;
    }

    /// <summary>A second descriptor for the same open file, numbered 3 or higher and close-on-exec. fcntl(2), F_DUPFD_CLOEXEC.</summary>
    internal static int DuplicateAboveStandard(int descriptor) => fcntl(descriptor, Flags.F_DUPFD_CLOEXEC, 3);

    internal static bool IsOpen(int descriptor) => fcntl(descriptor, Flags.F_GETFD, 0) >= 0;

    /// <summary>True if the process has a controlling terminal. tty(4).</summary>
    internal static bool HasTerminal()
    {
        int terminal = Open("/dev/tty\0"u8, Flags.O_RDONLY | Flags.O_NOCTTY | Flags.O_NONBLOCK);
        Close(terminal);
        return terminal >= 0;
    }

    internal static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    internal static void SetCloseOnExec(int descriptor) => Kernel.Call(SystemCall.FileControl, descriptor, Flags.F_SETFD, Flags.FD_CLOEXEC);

    /// <summary>Takes or gives up O_NONBLOCK, which belongs to the open file and so to everyone who shares it. fcntl(2).</summary>
    internal static void SetNonBlocking(int descriptor, bool value)
    {
        int flags = fcntl(descriptor, Flags.F_GETFL, 0);
        int wanted = value ? flags | Flags.O_NONBLOCK : flags & ~Flags.O_NONBLOCK;
        if (flags != wanted)
            fcntl(descriptor, Flags.F_SETFL, wanted);
    }

    /// <summary>
    /// Marks every descriptor from 3 up close-on-exec: what the super-server leaked (mod_fcgid and lighttpd do) is not for the script.
    /// </summary>
    internal static void CloseOnExecFromThree()
    {
        const nint closeRangeCloExec = 4;
        if (Kernel.Call(SystemCall.CloseRange, 3, unchecked((nint)uint.MaxValue), closeRangeCloExec) == 0)
            return;
        // Before Linux 5.11 there is no such call. 1024 is the usual RLIMIT_NOFILE.
        for (int descriptor = 3; descriptor < 1024; descriptor++)
            SetCloseOnExec(descriptor);
    }

    /// <summary>Locks a byte of a file, which need not be there, if no other process has. The lock is gone with this process, or when it closes any descriptor of the file. fcntl(2), F_SETLK.</summary>
    /// <returns>False if another process has it (EAGAIN, EACCES), or if it cannot be locked.</returns>
    internal static bool TryLockByte(int descriptor, long number) => SetLock(descriptor, Flags.F_WRLCK, number);

    /// <summary>Gives the lock on a byte up.</summary>
    internal static void UnlockByte(int descriptor, long number) => SetLock(descriptor, Flags.F_UNLCK, number);

    private static bool SetLock(int descriptor, int type, long number)
    {
        // struct flock: type and whence (2 bytes each), start, length, process.
        long* area = stackalloc long[4] { type, number, 1, 0 };
        return Kernel.Call(SystemCall.FileControl, descriptor, Flags.F_SETLK, (nint)area) == 0;
    }

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint read_waiting(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint write_waiting(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint pread(int descriptor, byte* buffer, nuint length, long offset);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int ftruncate(int descriptor, long length);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int isatty(int descriptor);
}
