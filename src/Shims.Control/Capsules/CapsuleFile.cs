using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Shims.Cgi;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>A capsule's file, opened once: what is in it, and as whom its script may be run.</summary>
/// <remarks>
/// A capsule names a program, and each script of the service may have written it. So its text never decides who runs the program: the owner of the open file does. This
/// gives that owner nothing that the owner could not run without us.
/// </remarks>
internal sealed class CapsuleFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private CapsuleFile(string path, FileStream stream, Stat status)
    {
        (_path, _stream) = (path, stream);
        Owner = status.st_uid;
        (Runner, Refusal) = FindRunner(status, Identity.Current);
    }

    /// <summary>The number of the user who owns the file.</summary>
    internal uint Owner { get; }

    /// <summary>The user that the script may be run as; null if it may not be run.</summary>
    internal Identity? Runner { get; }

    /// <summary>The reason why it may not be run, with the fix; null if it may.</summary>
    internal ShimException? Refusal { get; }

    /// <summary>Opens a file, but not through a link.</summary>
    /// <exception cref="ShimException">It cannot be opened, or is not a regular file.</exception>
    internal static CapsuleFile Open(string path)
    {
        // A pipe would keep an ordinary open waiting.
        int descriptor = Libc.Open(System.Text.Encoding.UTF8.GetBytes(path + "\0"), Flags.O_RDONLY | Flags.O_NOFOLLOW | Flags.O_NONBLOCK);
        if (descriptor < 0)
            throw Explain(path, Libc.Errno);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Syscall.fstat(descriptor, out Stat status) != 0 || (status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
        {
            handle.Dispose();
            throw (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR
                ? new ShimException(ExitCode.Usage, $"{path} is a directory", "name a capsule in it")
                : new ShimException(ExitCode.Usage, $"{path} is not a regular file", "name a file that --record has written");
        }
        return new CapsuleFile(path, new FileStream(handle, FileAccess.Read, bufferSize: 1), status);
    }

    /// <summary>Reads the capsule.</summary>
    /// <exception cref="ShimException">It cannot be read, or is not a whole capsule.</exception>
    internal Capsule Read()
    {
        try
        {
            return Capsule.Read(_stream, _path);
        }
        catch (IOException exception)
        {
            throw new ShimException(ExitCode.SystemError, $"cannot read {_path}: {exception.Message.TrimEnd('.')}", "see whether its disk is well");
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Decides by the open file alone.</summary>
    /// <param name="status">Of the open file.</param>
    /// <param name="asker">The user who runs this program.</param>
    internal static (Identity? Runner, ShimException? Refusal) FindRunner(in Stat status, Identity asker)
    {
        const FilePermissions writableByOthers = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;
        if ((status.st_mode & writableByOthers) != 0)
            return (null, Refuse("other users may write to the capsule, and a capsule names the program to run", "if you know that none has: chmod go-w on it"));
        if (!asker.IsRoot)
            return status.st_uid == asker.UserId ? (asker, null) : (null, Refuse("the capsule belongs to another user, and a capsule names the program to run", "ask as its owner, or as root"));
        if (status.st_uid == 0)
            return (null, Refuse("root owns the capsule, and nothing that a capsule names is run as root", "let the gateway run as a user who owns nothing that matters"));
        string number = status.st_uid.ToString(CultureInfo.InvariantCulture);
        return Syscall.getpwuid(status.st_uid) is null
            ? (null, Refuse($"the capsule belongs to user {number}, who is not in the user database, so that nobody knows the groups to run its script with", "add the user (useradd)"))
            : (Identity.Find(number), null);
    }

    private static ShimException Refuse(string cause, string cure) => new(ExitCode.Usage, cause, cure);

    private static ShimException Explain(string path, int error) => error switch
    {
        Posix.Errno.ENOENT => new ShimException(ExitCode.Usage, $"there is no file {path}", "correct the name; the oldest capsules are removed when there are many"),
        Posix.Errno.ELOOP => new ShimException(ExitCode.Usage, $"{path} is a link", "name the capsule itself: a link may lead elsewhere the next moment"),
        _ => new ShimException(ExitCode.SystemError, $"cannot read {path}: {ScriptDiagnosis.Name(error)}", "a capsule can be read by the user that the gateway ran as, and by root: try sudo"),
    };
}
