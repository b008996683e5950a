using System.Runtime.InteropServices;
using Shims.Buffers;

namespace Shims.Posix;

// Descriptors, files and directories.
internal static unsafe partial class Libc
{
    /// <summary>Opens a file, close-on-exec from birth. open(2).</summary>
    /// <param name="path">NUL-terminated.</param>
    internal static int Open(byte* path, int flags, uint mode = 0) => (int)Kernel.Call(SystemCall.OpenAt, Flags.AT_FDCWD, (nint)path, flags | Flags.O_CLOEXEC, (nint)mode);

    internal static int Open(ReadOnlySpan<byte> nulTerminatedPath, int flags, uint mode = 0)
    {
        fixed (byte* path = nulTerminatedPath)
            return Open(path, flags, mode);
    }

    /// <summary>Holds a place in the file system, close-on-exec. open(2), O_PATH.</summary>
    /// <param name="directory">Where a relative path begins; or <see cref="Flags.AT_FDCWD"/>.</param>
    internal static int OpenPath(int directory, ReadOnlySpan<byte> nulTerminatedPath, int flags)
    {
        fixed (byte* path = nulTerminatedPath)
            return (int)Kernel.Call(SystemCall.OpenAt, directory, (nint)path, flags | Flags.O_PATH | Flags.O_CLOEXEC);
    }

    /// <summary>The same, but not through the links of /proc that lead to whatever a process has open. openat2(2); before Linux 5.6 they are followed.</summary>
    internal static int OpenPathWithoutMagic(int directory, ReadOnlySpan<byte> nulTerminatedPath)
    {
        const ulong noMagicLinks = 2;
        ulong* rules = stackalloc ulong[3] { Flags.O_PATH | Flags.O_CLOEXEC, 0, noMagicLinks };
        nint descriptor;
        fixed (byte* path = nulTerminatedPath)
            descriptor = Kernel.Call(SystemCall.OpenAtWithRules, directory, (nint)path, (nint)rules, 3 * sizeof(ulong));
        return descriptor < 0 && Errno == Posix.Errno.ENOSYS ? OpenPath(directory, nulTerminatedPath, 0) : (int)descriptor;
    }

    /// <summary>What a link says. readlink(2).</summary>
    /// <param name="directory">Where it is, or, with an empty path, itself.</param>
    /// <returns>Bytes, as many as there is room for, with no NUL; -1 if it is not a link.</returns>
    internal static int ReadLink(int directory, ReadOnlySpan<byte> nulTerminatedPath, Span<byte> text)
    {
        fixed (byte* path = nulTerminatedPath, into = text)
            return (int)Kernel.Call(SystemCall.ReadLink, directory, (nint)path, (nint)into, text.Length);
    }

    /// <summary>The path that the system has for what is open, with no link in it. proc_pid_fd(5).</summary>
    /// <param name="path">Room for <see cref="Flags.PATH_MAX"/> bytes and a NUL.</param>
    /// <returns>Its length, or -1: without /proc, or if it is too long.</returns>
    internal static int PathOfDescriptor(int descriptor, Span<byte> path)
    {
        ReadOnlySpan<byte> folder = "/proc/self/fd/"u8;
        Span<byte> link = stackalloc byte[40];
        folder.CopyInto(link);
        ReadOnlySpan<byte> digits = Buffers.DecimalDigits.Format(descriptor, stackalloc byte[20]);
        digits.CopyInto(link[folder.Length..]);
        link[folder.Length + digits.Length] = 0;
        int length = ReadLink(Flags.AT_FDCWD, link, path[..Flags.PATH_MAX]);
        if (length is <= 0 or Flags.PATH_MAX)
            return -1;
        path[length] = 0;
        return length;
    }

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
        // Before Linux 5.11 there is no such call. 1024 is where RLIMIT_NOFILE stands unless somebody raised it.
        for (int descriptor = 3; descriptor < 1024; descriptor++)
            SetCloseOnExec(descriptor);
    }

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

    /// <summary>Somewhere to read from that is at its end: /dev/null, or where there is none (in a bare chroot), a pipe into which nothing is written.</summary>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenEmpty()
    {
        int descriptor = Open("/dev/null\0"u8, Flags.O_RDONLY);
        if (descriptor >= 0 || !CreatePipe(shimReads: false, out descriptor, out int writeEnd))
            return descriptor;
        Close(writeEnd);
        return descriptor;
    }

    /// <summary>Somewhere to write to that leads nowhere, and to read from that is at its end: /dev/null, or where there is none, a file in memory that must not grow.</summary>
    /// <returns>A descriptor, close-on-exec, or -1 with errno.</returns>
    internal static int OpenNowhere()
    {
        const int mayBeSealed = 2, addSeals = 1033, sealAndGrowAndWrite = 1 | 4 | 8;
        int descriptor = Open("/dev/null\0"u8, Flags.O_RDWR);
        if (descriptor >= 0)
            return descriptor;
        descriptor = CreateMemoryFile("shims\0"u8, mayBeSealed);
        if (descriptor >= 0)
            Kernel.Call(SystemCall.FileControl, descriptor, addSeals, sealAndGrowAndWrite);
        return descriptor;
    }

    /// <summary>A script's standard input: it reads these bytes and then the end.</summary>
    /// <remarks>
    /// A pipe, which is what scripts know. The system lets a user who has many of them fill a page or two of each further one only (pipe(7), pipe-user-pages-soft), and the script
    /// does not read yet: what does not fit becomes a file in memory.
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
        int file = CreateMemoryFile("shims\0"u8);
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

    /// <summary>Lets a pipe hold more, if the system has room for that. F_SETPIPE_SZ.</summary>
    internal static void EnlargePipe(int pipe, int size) => Kernel.Call(SystemCall.FileControl, pipe, Flags.F_SETPIPE_SZ, size);

    /// <summary>How many bytes a pipe or socket holds. ioctl(2), FIONREAD.</summary>
    internal static int Available(int pipe)
    {
        const nint fionRead = 0x541B;
        int count = 0;
        return Kernel.Call(SystemCall.InputOutputControl, pipe, fionRead, (nint)(&count)) == 0 ? count : 0;
    }

    /// <summary>Reads all that a pipe holds, and leaves it there. tee(2).</summary>
    /// <returns>How many bytes; -1 if it is more than there is room for.</returns>
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

    /// <summary>What is known of a file. statx(2), whose layout, unlike stat's, is the same on every architecture.</summary>
    /// <param name="path">NUL-terminated.</param>
    /// <param name="follow">Whether a link is looked through.</param>
    internal static bool TryGetStatus(byte* path, bool follow, out FileStatus status) =>
        TryGetStatus(Flags.AT_FDCWD, path, follow ? 0 : Flags.AT_SYMLINK_NOFOLLOW, out status);

    internal static bool TryGetStatus(ReadOnlySpan<byte> nulTerminatedPath, bool follow, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
            return TryGetStatus(path, follow, out status);
    }

    /// <summary>The same for what has a name in a directory that is open.</summary>
    internal static bool TryGetStatus(int directory, ReadOnlySpan<byte> nulTerminatedName, bool follow, out FileStatus status)
    {
        fixed (byte* name = nulTerminatedName)
            return TryGetStatus(directory, name, follow ? 0 : Flags.AT_SYMLINK_NOFOLLOW, out status);
    }

    /// <summary>What is known of an open file.</summary>
    internal static bool TryGetStatus(int descriptor, out FileStatus status)
    {
        byte empty = 0;
        return TryGetStatus(descriptor, &empty, Flags.AT_EMPTY_PATH, out status);
    }

    /// <summary>The path with no link, `.` or `..` in it. realpath(3).</summary>
    /// <param name="resolved">At least <see cref="Flags.PATH_MAX"/> bytes.</param>
    /// <returns>The length without the closing NUL, or -1; always so where the C library is missing, which only makes a request one for the ordinary program.</returns>
    internal static int ResolveLinks(byte* path, Span<byte> resolved)
    {
        if (BareProcess.IsBare || resolved.Length < Flags.PATH_MAX)
            return -1;
        fixed (byte* start = resolved)
            return realpath(path, start) == null ? -1 : LengthOf(start);
    }

    /// <summary>True if this process may run, search or read the file, by its effective user. faccessat(2), AT_EACCESS.</summary>
    internal static bool MayAccess(byte* path, int mode) => BareProcess.IsBare
        ? Kernel.Call(SystemCall.FileAccess, Flags.AT_FDCWD, (nint)path, mode, Flags.AT_EACCESS) == 0
        : faccessat(Flags.AT_FDCWD, path, mode, Flags.AT_EACCESS) == 0;

    internal static int MakeDirectory(byte* path, uint mode) => mkdir(path, mode);

    internal static int Unlink(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
            return unlink(path);
    }

    /// <summary>Gives a file another name, in the place of whatever has it. A link there is replaced, not followed. rename(2).</summary>
    internal static int Rename(ReadOnlySpan<byte> nulTerminatedPath, ReadOnlySpan<byte> nulTerminatedNewPath)
    {
        fixed (byte* path = nulTerminatedPath, newPath = nulTerminatedNewPath)
            return rename(path, newPath);
    }

    /// <summary>What a link says; null if it cannot be read. readlink(2).</summary>
    internal static string? ReadLink(ReadOnlySpan<byte> nulTerminatedPath)
    {
        Span<byte> target = stackalloc byte[256];
        fixed (byte* path = nulTerminatedPath, start = target)
        {
            nint length = readlink(path, start, (nuint)target.Length);
            return length <= 0 ? null : System.Text.Encoding.UTF8.GetString(target[..(int)length]);
        }
    }

    /// <summary>Begins to read a directory. opendir(3).</summary>
    /// <returns>0 if it cannot be read.</returns>
    internal static nint OpenDirectory(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
            return opendir(path);
    }

    /// <summary>The next name, NUL-terminated and good until the next call; null at the end. readdir(3).</summary>
    internal static byte* NextName(nint directory)
    {
        // struct dirent on 64-bit Linux: inode (8), offset (8), length (2), type (1), then the name.
        const int nameOffset = 19;
        byte* entry = directory == 0 ? null : readdir(directory);
        return entry == null ? null : entry + nameOffset;
    }

    internal static void CloseDirectory(nint directory)
    {
        if (directory != 0)
            closedir(directory);
    }

    /// <summary>Locks a byte of a file, which need not be there, if no other process has. The lock is gone with this process, or when it closes any descriptor of the file. fcntl(2), F_SETLK.</summary>
    /// <returns>False if another process has it (EAGAIN, EACCES), or if it cannot be locked.</returns>
    internal static bool TryLockByte(int descriptor, long number) => SetLock(descriptor, Flags.F_WRLCK, number);

    /// <summary>Gives the lock on a byte up.</summary>
    internal static void UnlockByte(int descriptor, long number) => SetLock(descriptor, Flags.F_UNLCK, number);

    /// <summary>A file in memory that has no name and no directory, close-on-exec. memfd_create(2).</summary>
    /// <param name="nulTerminatedName">What /proc shows of it.</param>
    internal static int CreateMemoryFile(ReadOnlySpan<byte> nulTerminatedName, int flags = 0)
    {
        const nint closeOnExec = 1;
        fixed (byte* name = nulTerminatedName)
            return (int)Kernel.Call(SystemCall.CreateMemoryFile, (nint)name, flags | closeOnExec);
    }

    private static bool SetLock(int descriptor, int type, long number)
    {
        // struct flock: type and whence (2 bytes each), start, length, process.
        long* area = stackalloc long[4] { type, number, 1, 0 };
        return Kernel.Call(SystemCall.FileControl, descriptor, Flags.F_SETLK, (nint)area) == 0;
    }

    internal static int LengthOf(byte* nulTerminated)
    {
        int length = 0;
        while (nulTerminated[length] != 0)
            length++;
        return length;
    }

    private static bool TryGetStatus(int directory, byte* path, int flags, out FileStatus status)
    {
        const uint basicStatistics = 0x7ff;
        fixed (FileStatus* into = &status)
            return Kernel.Call(SystemCall.FileStatus, directory, (nint)path, flags, (nint)basicStatistics, (nint)into) == 0;
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

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* realpath(byte* path, byte* resolved);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int faccessat(int directory, byte* path, int mode, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int mkdir(byte* path, uint mode);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int unlink(byte* path);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int rename(byte* path, byte* newPath);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint readlink(byte* path, byte* target, nuint size);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint opendir(byte* path);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* readdir(nint directory);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int closedir(nint directory);
}
