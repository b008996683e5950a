using System.Text;

namespace Shims.Posix;

// Files and directories, by their names.
internal static unsafe partial class Libc
{
    private const int MostLinks = 40;

    /// <summary>Opens a file, close-on-exec from birth.</summary>
    /// <param name="path">NUL-terminated.</param>
    internal static int Open(byte* path, int flags, uint mode = 0) => Open(new ReadOnlySpan<byte>(path, LengthOf(path) + 1), flags, mode);

    internal static int Open(ReadOnlySpan<byte> nulTerminatedPath, int flags, uint mode = 0)
    {
        const int closeOnExec = 0x10, create = 0x20, exclusive = 0x40, noFollow = 0x200;
        if ((flags & Flags.O_TMPFILE) == Flags.O_TMPFILE)
            return Fail(Posix.Errno.EOPNOTSUPP);
        int wanted = (flags & 3) | closeOnExec | (Has(flags, Flags.O_CREAT) ? create : 0) | (Has(flags, Flags.O_EXCL) ? exclusive : 0) | (Has(flags, Flags.O_NOFOLLOW) ? noFollow : 0);
        bool isThere = TryGetStatus(nulTerminatedPath, follow: true, out FileStatus status);
        // Without O_NONBLOCK, opening a pipe waits for its other end.
        if (isThere && status.IsPipe && (flags & 3) != Flags.O_RDWR)
            return Fail(Posix.Errno.ENXIO);
        if (Has(flags, Flags.O_DIRECTORY) && isThere && !status.IsDirectory)
            return Fail(Posix.Errno.ENOTDIR);
        int descriptor;
        fixed (byte* path = nulTerminatedPath)
            descriptor = (int)Checked(SystemNative.Open(path, wanted, (int)mode));
        if (descriptor < 0)
            return -1;
        if (Has(flags, Flags.O_NONBLOCK))
            SetNonBlocking(descriptor, true);
        DescriptorNote.Keep(descriptor, new DescriptorNote { Path = TextOf(nulTerminatedPath), Appends = Has(flags, Flags.O_APPEND) });
        return descriptor;
    }

    /// <summary>Remembers a place in the file system. Unlike in the usual build, it is looked up anew each time.</summary>
    /// <param name="directory">The start of a relative path; or <see cref="Flags.AT_FDCWD"/>.</param>
    internal static int OpenPath(int directory, ReadOnlySpan<byte> nulTerminatedPath, int flags)
    {
        string path = PathIn(directory, nulTerminatedPath);
        bool isLinkItself = Has(flags, Flags.O_NOFOLLOW);
        if (!TryGetStatus(BytesOf(path), !isLinkItself, out FileStatus status))
            return -1;
        if (Has(flags, Flags.O_DIRECTORY) && !status.IsDirectory)
            return Fail(Posix.Errno.ENOTDIR);
        int place = OpenEmpty();
        if (place >= 0)
            DescriptorNote.Keep(place, new DescriptorNote { Path = path, IsPlace = true, IsLinkItself = isLinkItself });
        return place;
    }

    /// <summary>The same; the links of /proc are followed.</summary>
    internal static int OpenPathWithoutMagic(int directory, ReadOnlySpan<byte> nulTerminatedPath) => OpenPath(directory, nulTerminatedPath, 0);

    /// <summary>The target of a symbolic link.</summary>
    /// <param name="directory">Its directory, or, with an empty path, itself.</param>
    /// <returns>Bytes, as many as there is room for, with no NUL; -1 if it is not a link.</returns>
    internal static int ReadLink(int directory, ReadOnlySpan<byte> nulTerminatedPath, Span<byte> text)
    {
        fixed (byte* path = BytesOf(PathIn(directory, nulTerminatedPath)), into = text)
            return Checked(SystemNative.ReadLink(path, into, text.Length));
    }

    /// <summary>The target of a symbolic link; null if it cannot be read.</summary>
    internal static string? ReadLink(ReadOnlySpan<byte> nulTerminatedPath)
    {
        Span<byte> target = stackalloc byte[256];
        int length = ReadLink(Flags.AT_FDCWD, nulTerminatedPath, target);
        return length <= 0 ? null : Encoding.UTF8.GetString(target[..length]);
    }

    /// <summary>The path of a file or directory, with no link in it.</summary>
    /// <param name="nulTerminatedPath">A path that leads to it.</param>
    /// <param name="path">Room for <see cref="Flags.PATH_MAX"/> bytes and a NUL; it may be that path itself.</param>
    /// <returns>Its length, or -1.</returns>
    internal static int RealPath(ReadOnlySpan<byte> nulTerminatedPath, Span<byte> path)
    {
        if (WithoutLinks(TextOf(nulTerminatedPath)) is not { } real || real.Length >= Flags.PATH_MAX)
            return -1;
        BytesOf(real).CopyTo(path);
        return real.Length;
    }

    /// <summary>The path with no link, `.` or `..` in it.</summary>
    /// <param name="resolved">At least <see cref="Flags.PATH_MAX"/> bytes.</param>
    /// <returns>The length without the closing NUL, or -1.</returns>
    internal static int ResolveLinks(byte* path, Span<byte> resolved) =>
        resolved.Length < Flags.PATH_MAX ? -1 : RealPath(new ReadOnlySpan<byte>(path, LengthOf(path) + 1), resolved);

    /// <summary>The path of what is open, with no link in it: as the system has it where there is a /proc, else by what it was opened by.</summary>
    /// <param name="path">Room for <see cref="Flags.PATH_MAX"/> bytes and a NUL.</param>
    /// <returns>Its length, or -1.</returns>
    internal static int PathOfDescriptor(int descriptor, Span<byte> path)
    {
        if (DescriptorNote.Of(descriptor) is { Path: { } opened })
            return RealPath(BytesOf(opened), path);
        int length = ReadLink(Flags.AT_FDCWD, BytesOf($"/proc/self/fd/{descriptor}"), path[..Flags.PATH_MAX]);
        if (length is <= 0 or Flags.PATH_MAX)
            return -1;
        path[length] = 0;
        return length;
    }

    /// <summary>The status of a file.</summary>
    /// <param name="path">NUL-terminated.</param>
    /// <param name="follow">True if a link is looked through.</param>
    internal static bool TryGetStatus(byte* path, bool follow, out FileStatus status)
    {
        SystemNative.Status found = default;
        bool isThere = Checked(follow ? SystemNative.Stat(path, &found) : SystemNative.LStat(path, &found)) == 0;
        status = new FileStatus(found);
        return isThere;
    }

    internal static bool TryGetStatus(ReadOnlySpan<byte> nulTerminatedPath, bool follow, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
            return TryGetStatus(path, follow, out status);
    }

    /// <summary>The status of a name in a directory that is open.</summary>
    internal static bool TryGetStatus(int directory, ReadOnlySpan<byte> nulTerminatedName, bool follow, out FileStatus status) =>
        TryGetStatus(BytesOf(PathIn(directory, nulTerminatedName)), follow, out status);

    /// <summary>The status of an open file, or of what is at a place.</summary>
    internal static bool TryGetStatus(int descriptor, out FileStatus status)
    {
        if (DescriptorNote.Of(descriptor) is { IsPlace: true, Path: { } path } note)
            return TryGetStatus(BytesOf(path), !note.IsLinkItself, out status);
        SystemNative.Status found = default;
        bool isOpen = Checked(SystemNative.FStat(descriptor, &found)) == 0;
        status = new FileStatus(found);
        return isOpen;
    }

    /// <summary>True if this process may run, search or read the file: by its real user, which is the effective one of a program that is not set-id.</summary>
    internal static bool MayAccess(byte* path, int mode) => Checked(SystemNative.Access(path, mode)) == 0;

    /// <summary>True if this process may read or write an open file or directory, or if the system does not say.</summary>
    internal static bool MayAccess(int descriptor, int mode)
    {
        if (DescriptorNote.Of(descriptor) is not { Path: { } opened })
            return true;
        fixed (byte* path = BytesOf(opened))
            return MayAccess(path, mode) || Errno is not (Posix.Errno.EACCES or Posix.Errno.EROFS);
    }

    internal static int MakeDirectory(byte* path, uint mode) => Checked(SystemNative.MkDir(path, (int)mode));

    internal static int Unlink(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
            return Checked(SystemNative.Unlink(path));
    }

    /// <summary>Gives a file another name, in the place of whatever has it. A link there is replaced, not followed.</summary>
    internal static int Rename(ReadOnlySpan<byte> nulTerminatedPath, ReadOnlySpan<byte> nulTerminatedNewPath)
    {
        fixed (byte* path = nulTerminatedPath, newPath = nulTerminatedNewPath)
            return Checked(SystemNative.Rename(path, newPath));
    }

    /// <summary>Gives a file a second name, unless there is something that has it.</summary>
    internal static int Link(ReadOnlySpan<byte> nulTerminatedPath, ReadOnlySpan<byte> nulTerminatedNewPath)
    {
        fixed (byte* path = nulTerminatedPath, newPath = nulTerminatedNewPath)
            return Checked(SystemNative.Link(path, newPath));
    }

    /// <summary>Sets the mode of a file.</summary>
    internal static bool SetMode(ReadOnlySpan<byte> nulTerminatedPath, uint mode)
    {
        fixed (byte* path = nulTerminatedPath)
            return Checked(SystemNative.ChMod(path, (int)mode)) == 0;
    }

    private static bool Has(int flags, int flag) => (flags & flag) == flag;

    /// <summary>A path that is relative to an open directory, from the root or from the working directory; with an empty one, the open thing itself.</summary>
    private static string PathIn(int directory, ReadOnlySpan<byte> nulTerminatedPath)
    {
        string path = TextOf(nulTerminatedPath);
        if (directory == Flags.AT_FDCWD || path is ['/', ..] || DescriptorNote.Of(directory) is not { Path: { } start })
            return path;
        return path.Length == 0 ? start : $"{start.TrimEnd('/')}/{path}";
    }

    /// <summary>A path without links, `.` and `..`; null if there is nothing, with the reason in errno.</summary>
    private static string? WithoutLinks(string path)
    {
        var names = new Stack<string>();
        string real = path is ['/', ..] ? "" : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Environment.CurrentDirectory)).TrimEnd('/');
        int links = 0;
        Push(names, path);
        byte[] target = new byte[Flags.PATH_MAX];
        while (names.TryPop(out string? name))
        {
            if (name == ".")
                continue;
            if (name == "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }
            string next = $"{real}/{name}";
            if (!TryGetStatus(BytesOf(next), follow: false, out FileStatus status))
                return null;
            if (!status.IsLink)
            {
                if (names.Count > 0 && !status.IsDirectory)
                    return FailAs(Posix.Errno.ENOTDIR);
                real = next;
                continue;
            }
            int length = ReadLink(Flags.AT_FDCWD, BytesOf(next), target);
            if (length <= 0 || ++links > MostLinks)
                return FailAs(Posix.Errno.ELOOP);
            if (target[0] == (byte)'/')
                real = "";
            Push(names, Encoding.Latin1.GetString(target, 0, length));
        }
        return real.Length == 0 ? "/" : real;
    }

    private static string? FailAs(int error)
    {
        Fail(error);
        return null;
    }

    private static void Push(Stack<string> names, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = parts.Length - 1; i >= 0; i--)
            names.Push(parts[i]);
    }
}
