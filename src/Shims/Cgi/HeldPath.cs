using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Walks through directories in which a user who is not trusted may change names at any time. Allocates and throws nothing.</summary>
/// <remarks>
/// A path that has been looked at may lead somewhere else by the time it is run. So each directory on the way is opened, the next name is looked up in the one that is open, and at the
/// end the script is run by its last name in the directory that is held open: <see cref="LaunchPlan.HeldDirectory"/>. What a link says is read once, from the link whose
/// owner has been looked at.
/// </remarks>
internal static unsafe class HeldPath
{
    private const int LongestName = 255;

    /// <summary>Walks to the first regular file.</summary>
    /// <param name="target">The directory that links must not leave, unless they belong to the owner of what they lead to.</param>
    /// <param name="path">An absolute path below it.</param>
    /// <param name="end">In: where the part ends that only trusted users can change. Out: where the script's part ends.</param>
    /// <param name="memory">The memory for the name.</param>
    /// <param name="script">The location of the script, if the result is Found; then its directory is the caller's to close.</param>
    [SkipLocalsInit]
    internal static Resolution Walk(scoped in ScriptTarget target, ReadOnlySpan<byte> path, ref int end, scoped ref Arena memory, out HeldScript script)
    {
        script = default;
        Span<byte> start = stackalloc byte[Flags.PATH_MAX + 1];
        path[..end].CopyInto(start);
        start[end] = 0;
        int directory = Libc.OpenPath(Flags.AT_FDCWD, start, Flags.O_DIRECTORY);
        var resolution = Resolution.IsDirectory;
        while (directory >= 0 && end < path.Length)
        {
            int from = end + 1;
            int length = path[from..].IndexOf((byte)'/');
            end = length < 0 ? path.Length : from + length;
            resolution = Step(target, ref directory, path[from..end], ref memory, out bool isFile, out script);
            if (isFile)
                return Resolution.Found;
            if (resolution != Resolution.Found)
                break;
            resolution = Resolution.IsDirectory;
        }
        Libc.Close(directory);
        return directory < 0 ? Resolution.NotFound : resolution;
    }

    /// <summary>Looks one name up.</summary>
    /// <param name="directory">In: where. Out: the directory of that name, if it is one.</param>
    private static Resolution Step(scoped in ScriptTarget target, ref int directory, ReadOnlySpan<byte> name, scoped ref Arena memory, out bool isFile, out HeldScript script)
    {
        isFile = false;
        script = default;
        const int before = 2;
        if (name.Length > LongestName)
            return Resolution.NotFound;
        Span<byte> ownName = memory.Take(before + name.Length + 1);
        if (ownName.IsEmpty)
            return Resolution.TooLong;
        "./"u8.CopyInto(ownName);
        name.CopyInto(ownName[before..]);
        ownName[^1] = 0;
        int entry = Libc.OpenPath(directory, ownName, Flags.O_NOFOLLOW);
        if (!Libc.TryGetStatus(entry, out FileStatus status))
        {
            Libc.Close(entry);
            return Resolution.NotFound;
        }
        if (status.IsLink)
            return Follow(target, ref directory, entry, status, ref memory, out isFile, out script);
        if (status.IsDirectory)
        {
            Libc.Close(directory);
            directory = entry;
            return Resolution.Found;
        }
        Libc.Close(entry);
        isFile = status.IsFile;
        script = new HeldScript(directory, PointerTo(ownName));
        return isFile ? Resolution.Found : Resolution.NotAFile;
    }

    /// <summary>Goes where a link leads, if its owner may say so.</summary>
    /// <param name="link">The link itself, open; closed here.</param>
    [SkipLocalsInit]
    private static Resolution Follow(scoped in ScriptTarget target, ref int directory, int link, in FileStatus linkStatus, scoped ref Arena memory, out bool isFile, out HeldScript script)
    {
        isFile = false;
        script = default;
        Span<byte> text = stackalloc byte[Flags.PATH_MAX + 1];
        int length = Libc.ReadLink(link, "\0"u8, text[..Flags.PATH_MAX]);
        Libc.Close(link);
        if (length is <= 0 or Flags.PATH_MAX)
            return Resolution.NotFound;
        text[length] = 0;
        int goal = Libc.OpenPathWithoutMagic(directory, text);
        if (!Libc.TryGetStatus(goal, out FileStatus status))
        {
            Libc.Close(goal);
            return Resolution.NotFound;
        }
        var resolution = Resolution.LinkLeaves;
        if (linkStatus.Owner == 0 || linkStatus.Owner == status.Owner || IsInside(target, goal))
        {
            resolution = Resolution.Found;
            if (status.IsDirectory)
            {
                (directory, goal) = (goal, directory);
            }
            else if (!status.IsFile)
            {
                resolution = Resolution.NotAFile;
            }
            else if (TryHold(goal, status, ref memory, out script))
            {
                isFile = true;
                Libc.Close(directory);
            }
            else
            {
                resolution = Resolution.LinkLeaves;
            }
        }
        Libc.Close(goal);
        return resolution;
    }

    /// <summary>Opens the directory that an open file is in, and finds the file there.</summary>
    [SkipLocalsInit]
    private static bool TryHold(int file, in FileStatus status, scoped ref Arena memory, out HeldScript script)
    {
        script = default;
        Span<byte> path = stackalloc byte[Flags.PATH_MAX + 1];
        int length = Libc.PathOfDescriptor(file, path);
        int slash = length <= 0 ? -1 : path[..length].LastIndexOf((byte)'/');
        if (slash < 0)
            return false;
        Span<byte> name = memory.Take(2 + length - slash);
        if (name.IsEmpty)
            return false;
        "./"u8.CopyInto(name);
        path[(slash + 1)..length].CopyInto(name[2..]);
        name[^1] = 0;
        path[slash == 0 ? 1 : slash] = 0;
        int directory = Libc.OpenPath(Flags.AT_FDCWD, path, Flags.O_DIRECTORY);
        bool isThere = directory >= 0 && Libc.TryGetStatus(directory, name, follow: false, out FileStatus found) && found.IsSameFile(status);
        if (isThere)
            script = new HeldScript(directory, PointerTo(name));
        else
            Libc.Close(directory);
        return isThere;
    }

    /// <summary>True if an open file is below the target, by the paths that the system has for both; false without /proc.</summary>
    [SkipLocalsInit]
    private static bool IsInside(scoped in ScriptTarget target, int file)
    {
        Span<byte> path = stackalloc byte[Flags.PATH_MAX + 1], root = stackalloc byte[Flags.PATH_MAX + 1];
        target.Path.CopyInto(root);
        root[target.Path.Length] = 0;
        int rootLength = Libc.RealPath(root, root), length = Libc.PathOfDescriptor(file, path);
        return rootLength > 0 && length > rootLength && path[rootLength] == (byte)'/' && path[..length].StartsWith(root[..rootLength]);
    }

    /// <summary>The address of memory that does not move.</summary>
    private static byte* PointerTo(ReadOnlySpan<byte> fixedMemory) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(fixedMemory));
}
