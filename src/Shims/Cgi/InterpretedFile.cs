using System.Runtime.CompilerServices;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds the interpreter of a file, and refuses a file that an upload could have put there. Allocates and throws
/// nothing.</summary>
/// <remarks>
/// <para>
/// Without an execute bit, only its place makes a file a program. So that place must be one that scripts cannot write to, since they run as
/// this process's user: an upload folder stays a
/// folder of data. Neither the file may be writable, nor its directory, nor one of those above, by which another directory could take its
/// place.
/// </para>
/// <para>
/// The file is opened once, and all questions are about what is open: its name, its owner, its directory, and the directories above that.
/// The interpreter gets that path, without links: what it looks for beside the file (.user.ini, modules) it finds in these directories too,
/// and not in one where a visitor has put a link. Between this look and the interpreter's, only users who may write to one of these
/// directories can change a name, and they may put a program there anyway.
/// </para>
/// </remarks>
internal static unsafe class InterpretedFile
{
    /// <summary>Examines the script that was found.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="section">Those of this script; null if there are none.</param>
    /// <param name="script">The script. Its path is its own afterwards, without links, whatever the web server calls it: the interpreter is to
    /// open the file that was looked at.</param>
    /// <param name="memory">The memory of the request, for that path.</param>
    /// <param name="interpreter">Null if none is for the file, which then is a program itself.</param>
    [SkipLocalsInit]
    internal static Resolution Examine(scoped in ScriptTarget target, ScriptOptions options, ScriptSection? section,
        scoped ref ScriptLocation script, scoped ref Arena memory, out byte* interpreter)
    {
        interpreter = null;
        byte* own = section is null ? null : section.Interpreter;
        if (options.Interpreters.Length == 0 && own == null)
            return Resolution.Found;
        int file = script.Held.Name == null
            ? Libc.OpenPath(Flags.AT_FDCWD, script.File, 0)
            : Libc.OpenPath(script.Held.Directory, new ReadOnlySpan<byte>(script.Held.Name, Libc.LengthOf(script.Held.Name) + 1),
                Flags.O_NOFOLLOW);
        if (file < 0)
            return target.IsDirectory ? Resolution.NotFound : Resolution.Found; // TARGET has not been looked for before
        Span<byte> path = stackalloc byte[Flags.PATH_MAX + 1];
        Resolution resolution = Resolution.NotFound;
        if (TryGetPath(target, file, script, path, out int length))
        {
            interpreter = own != null ? own : options.InterpreterOf(path[..length]);
            resolution = interpreter == null ? Resolution.Found : Check(options, file, path, length);
        }
        Libc.Close(file);
        return resolution == Resolution.Found && interpreter != null ? UsePath(path[..length], ref script, ref memory) : resolution;
    }

    private static Resolution UsePath(scoped ReadOnlySpan<byte> path, scoped ref ScriptLocation script, scoped ref Arena memory)
    {
        script.IsInterpreted = true;
        if (!script.File.SequenceEqual(path))
        {
            Span<byte> real = memory.Take(path.Length + 1);
            if (real.IsEmpty)
                return Resolution.TooLong;
            Buffers.SpanCopy.CopyInto(path, real);
            real[path.Length] = 0;
            script.File = real[..path.Length];
        }
        script.Path = script.File;
        return Resolution.Found;
    }

    /// <summary>The path of an open file without links; in a jail without /proc the one that it was found by, if there is no link in it below
    /// TARGET.</summary>
    private static bool TryGetPath(scoped in ScriptTarget target, int file, scoped in ScriptLocation script, Span<byte> path, out int length)
    {
        length = Libc.PathOfDescriptor(file, path);
        if (length > 0)
            return path[0] == (byte)'/';
        length = script.File.Length;
        if (length > Flags.PATH_MAX || !Libc.TryGetStatus(script.File, follow: false, out FileStatus name)
            || !Libc.TryGetStatus(file, out FileStatus status) || !name.IsSameFile(status))
            return false;
        Buffers.SpanCopy.CopyInto(script.File, path);
        path[length] = 0;
        for (int i = target.Path.Length + 1; target.IsDirectory && i < length; i++)
        {
            if (path[i] != (byte)'/')
                continue;
            path[i] = 0;
            bool isLink = !Libc.TryGetStatus(path, follow: false, out FileStatus part) || part.IsLink;
            path[i] = (byte)'/';
            if (isLink)
                return false;
        }
        return true;
    }

    private static Resolution Check(ScriptOptions options, int file, Span<byte> path, int length)
    {
        if (!Libc.TryGetStatus(file, out FileStatus status) || !status.IsFile)
            return Resolution.NotAFile;
        if (!options.AllowsWritable)
        {
            if (IsWritable(file, status))
                return Resolution.IsWritable;
            Resolution place = CheckPlace(status, path, length);
            if (place != Resolution.Found)
                return place;
        }
        return Libc.MayAccess(file, Flags.R_OK) ? Resolution.Found : Resolution.Unreadable;
    }

    /// <summary>Looks at the directories of a file, from its own to the root.</summary>
    private static Resolution CheckPlace(in FileStatus file, Span<byte> path, int length)
    {
        int slash = path[..length].LastIndexOf((byte)'/');
        if (slash < 0)
            return Resolution.NotFound;
        path[slash] = 0;
        int directory = Libc.OpenPath(Flags.AT_FDCWD, slash == 0 ? "/\0"u8 : path, Flags.O_DIRECTORY);
        bool isThere = directory >= 0 && Libc.TryGetStatus(directory, path[(slash + 1)..], follow: false, out FileStatus found)
            && found.IsSameFile(file);
        path[slash] = (byte)'/';
        Resolution resolution = isThere ? CheckUpwards(ref directory) : Resolution.NotFound;
        Libc.Close(directory);
        return resolution;
    }

    private static Resolution CheckUpwards(ref int directory)
    {
        if (!Libc.TryGetStatus(directory, out FileStatus status))
            return Resolution.NotFound;
        for (bool isOfFile = true; ; isOfFile = false)
        {
            if (MayChange(directory, status, isOfFile))
                return Resolution.IsWritable;
            int parent = Libc.OpenPath(directory, "..\0"u8, Flags.O_DIRECTORY);
            FileStatus child = status;
            if (!Libc.TryGetStatus(parent, out status))
            {
                Libc.Close(parent);
                return Resolution.NotFound;
            }
            Libc.Close(directory);
            directory = parent;
            if (status.IsSameFile(child))
                return Resolution.Found;
        }
    }

    /// <summary>True if this process's user or every user may put something in the place of what lies in a directory.</summary>
    /// <param name="isOfFile">True for the directory of the file, in which nothing new may become a program either.</param>
    internal static bool MayChange(int directory, in FileStatus status, bool isOfFile)
    {
        // What lies in a sticky directory of another user, such as /tmp, keeps its name as long as its own owner wants.
        bool keepsNames = !isOfFile && status.IsSticky && status.Owner != Libc.EffectiveUser;
        return !keepsNames && IsWritable(directory, status);
    }

    /// <summary>True if this process's user or every user may write to what is open, or may let itself: its owner can change its
    /// mode.</summary>
    internal static bool IsWritable(int descriptor, in FileStatus status) =>
        status.IsWritableByAll || status.Owner == Libc.EffectiveUser || Libc.MayAccess(descriptor, Flags.W_OK);
}
