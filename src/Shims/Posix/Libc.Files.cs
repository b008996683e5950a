using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Buffers;

namespace Shims.Posix;

// Files and directories, by their names.
internal static unsafe partial class Libc
{
    private const int LongestLink = 40;

    /// <summary>Opens a file, close-on-exec from birth. open(2).</summary>
    /// <param name="path">NUL-terminated.</param>
    internal static int Open(byte* path, int flags, uint mode = 0) => (int)Kernel.Call(SystemCall.OpenAt, Flags.AT_FDCWD, (nint)path, flags | Flags.O_CLOEXEC, (nint)mode);

    internal static int Open(ReadOnlySpan<byte> nulTerminatedPath, int flags, uint mode = 0)
    {
        fixed (byte* path = nulTerminatedPath)
            return Open(path, flags, mode);
    }

    /// <summary>Holds a place in the file system, close-on-exec. open(2), O_PATH.</summary>
    /// <param name="directory">The start of a relative path; or <see cref="Flags.AT_FDCWD"/>.</param>
    internal static int OpenPath(int directory, ReadOnlySpan<byte> nulTerminatedPath, int flags)
    {
        fixed (byte* path = nulTerminatedPath)
            return (int)Kernel.Call(SystemCall.OpenAt, directory, (nint)path, flags | Flags.O_PATH | Flags.O_CLOEXEC);
    }

    /// <summary>Opens a file, but not through the links of /proc that lead to the open files of a process. openat2(2); before Linux 5.6, or where a sandbox forbids it, they are followed.</summary>
    internal static int OpenPathWithoutMagic(int directory, ReadOnlySpan<byte> nulTerminatedPath)
    {
        const ulong noMagicLinks = 2;
        ulong* rules = stackalloc ulong[3] { Flags.O_PATH | Flags.O_CLOEXEC, 0, noMagicLinks };
        nint descriptor;
        fixed (byte* path = nulTerminatedPath)
            descriptor = Kernel.Call(SystemCall.OpenAtWithRules, directory, (nint)path, (nint)rules, 3 * sizeof(ulong));
        return descriptor < 0 && Errno is Posix.Errno.ENOSYS or Posix.Errno.EPERM ? OpenPath(directory, nulTerminatedPath, 0) : (int)descriptor;
    }

    /// <summary>The target of a symbolic link. readlink(2).</summary>
    /// <param name="directory">Its directory, or, with an empty path, itself.</param>
    /// <returns>Bytes, as many as there is room for, with no NUL; -1 if it is not a link.</returns>
    internal static int ReadLink(int directory, ReadOnlySpan<byte> nulTerminatedPath, Span<byte> text)
    {
        fixed (byte* path = nulTerminatedPath, into = text)
            return (int)Kernel.Call(SystemCall.ReadLink, directory, (nint)path, (nint)into, text.Length);
    }

    /// <summary>The path of a file or directory, with no link in it.</summary>
    /// <param name="nulTerminatedPath">A path that leads to it.</param>
    /// <param name="path">Room for <see cref="Flags.PATH_MAX"/> bytes and a NUL; it may be that path itself.</param>
    /// <returns>Its length, or -1: if it is not there, or as <see cref="PathOfDescriptor"/>.</returns>
    internal static int RealPath(ReadOnlySpan<byte> nulTerminatedPath, Span<byte> path)
    {
        int place = OpenPath(Flags.AT_FDCWD, nulTerminatedPath, 0);
        if (place < 0)
            return -1;
        int length = PathOfDescriptor(place, path);
        Close(place);
        return length;
    }

    /// <summary>The path that the system has for what is open, with no link in it. proc_pid_fd(5).</summary>
    /// <param name="path">Room for <see cref="Flags.PATH_MAX"/> bytes and a NUL.</param>
    /// <returns>Its length, or -1: without /proc, or if it is too long.</returns>
    internal static int PathOfDescriptor(int descriptor, Span<byte> path)
    {
        Span<byte> link = stackalloc byte[LongestLink];
        LinkOf(descriptor, link);
        int length = ReadLink(Flags.AT_FDCWD, link, path[..Flags.PATH_MAX]);
        if (length is <= 0 or Flags.PATH_MAX)
            return -1;
        path[length] = 0;
        return length;
    }

    /// <summary>The path by which the system knows an open file. proc_pid_fd(5).</summary>
    private static void LinkOf(int descriptor, Span<byte> link)
    {
        ReadOnlySpan<byte> folder = "/proc/self/fd/"u8;
        folder.CopyInto(link);
        ReadOnlySpan<byte> digits = DecimalDigits.Format(descriptor, stackalloc byte[20]);
        digits.CopyInto(link[folder.Length..]);
        link[folder.Length + digits.Length] = 0;
    }

    /// <summary>The status of a file. statx(2), whose layout, unlike stat's, is the same on every architecture.</summary>
    /// <param name="path">NUL-terminated.</param>
    /// <param name="follow">True if a link is looked through.</param>
    internal static bool TryGetStatus(byte* path, bool follow, out FileStatus status) =>
        TryGetStatus(Flags.AT_FDCWD, path, follow ? 0 : Flags.AT_SYMLINK_NOFOLLOW, out status);

    internal static bool TryGetStatus(ReadOnlySpan<byte> nulTerminatedPath, bool follow, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
            return TryGetStatus(path, follow, out status);
    }

    /// <summary>The status of a name in a directory that is open.</summary>
    internal static bool TryGetStatus(int directory, ReadOnlySpan<byte> nulTerminatedName, bool follow, out FileStatus status)
    {
        fixed (byte* name = nulTerminatedName)
            return TryGetStatus(directory, name, follow ? 0 : Flags.AT_SYMLINK_NOFOLLOW, out status);
    }

    /// <summary>The status of an open file.</summary>
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

    /// <summary>
    /// True if this process may read or write an open file or directory, by its effective user and with access control lists, or if the
    /// system does not say.
    /// faccessat2(2), AT_EMPTY_PATH, since Linux 5.8; before, or where a sandbox forbids it, by the link of /proc.
    /// </summary>
    internal static bool MayAccess(int descriptor, int mode)
    {
        byte empty = 0;
        if (Kernel.Call(SystemCall.FileAccess, descriptor, (nint)(&empty), mode, Flags.AT_EACCESS | Flags.AT_EMPTY_PATH) == 0)
            return true;
        if (Errno is Posix.Errno.ENOSYS or Posix.Errno.EPERM)
        {
            byte* link = stackalloc byte[LongestLink];
            LinkOf(descriptor, new Span<byte>(link, LongestLink));
            if (MayAccess(link, mode))
                return true;
        }
        return Errno is not (Posix.Errno.EACCES or Posix.Errno.EROFS);
    }

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

    /// <summary>Gives a file a second name, unless there is something that has it. link(2).</summary>
    internal static int Link(ReadOnlySpan<byte> nulTerminatedPath, ReadOnlySpan<byte> nulTerminatedNewPath)
    {
        fixed (byte* path = nulTerminatedPath, newPath = nulTerminatedNewPath)
            return link(path, newPath);
    }

    /// <summary>The target of a symbolic link; null if it cannot be read. readlink(2).</summary>
    internal static string? ReadLink(ReadOnlySpan<byte> nulTerminatedPath)
    {
        Span<byte> target = stackalloc byte[256];
        fixed (byte* path = nulTerminatedPath, start = target)
        {
            nint length = readlink(path, start, (nuint)target.Length);
            return length <= 0 ? null : System.Text.Encoding.UTF8.GetString(target[..(int)length]);
        }
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
        {
            if (Kernel.Call(SystemCall.FileStatus, directory, (nint)path, flags, (nint)basicStatistics, (nint)into) == 0)
                return true;
            // Old kernels do not have it (Linux 4.11), and old sandboxes refuse it.
            return Errno is Posix.Errno.ENOSYS or Posix.Errno.EPERM && TryGetOlderStatus(directory, path, flags, into);
        }
    }

    /// <summary>The same, by the call before it. newfstatat(2).</summary>
    [SkipLocalsInit]
    private static bool TryGetOlderStatus(int directory, byte* path, int flags, FileStatus* status)
    {
        byte* stat = stackalloc byte[FileStatus.OlderSize];
        if (Kernel.Call(SystemCall.OlderFileStatus, directory, (nint)path, (nint)stat, flags) != 0)
            return false;
        FileStatus.Translate(stat, status);
        return true;
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* realpath(byte* path, byte* resolved);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int faccessat(int directory, byte* path, int mode, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int mkdir(byte* path, uint mode);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int link(byte* path, byte* newPath);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int unlink(byte* path);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int rename(byte* path, byte* newPath);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint readlink(byte* path, byte* target, nuint size);
}
