using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Shims.Cgi;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>A capsule's file, opened once: its content, and the user who may run its script.</summary>
/// <remarks>
/// A capsule names a program, and any script of the service may have written it. So the user who runs the program is never taken from its
/// text, but is the owner of the open file, who could run the program anyway.
/// </remarks>
internal sealed class CapsuleFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private CapsuleFile(string path, FileStream stream, Stat status)
    {
        (_path, _stream) = (path, stream);
        Owner = status.st_uid;
        (Runner, Refusal) = FindRunner(status, UserAccount.Current);
    }

    /// <summary>The user id of the file's owner.</summary>
    internal uint Owner { get; }

    /// <summary>The user who may run the script; null if it may not be run.</summary>
    internal UserAccount? Runner { get; }

    /// <summary>The reason why it may not be run, with the fix; null if it may.</summary>
    internal ShimException? Refusal { get; }

    /// <summary>Opens a file, and refuses a symbolic link.</summary>
    /// <exception cref="ShimException">It cannot be opened, or is not a regular file.</exception>
    internal static CapsuleFile Open(string path)
    {
        // O_NONBLOCK, because opening a FIFO blocks otherwise.
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
    /// <exception cref="ShimException">It cannot be read, or is not a complete capsule.</exception>
    internal Capsule Read()
    {
        try
        {
            return Capsule.Read(_stream, _path);
        }
        catch (IOException exception)
        {
            throw new ShimException(ExitCode.SystemError, $"cannot read {_path}: {exception.Message.TrimEnd('.')}",
                "check the disk: dmesg shows its errors");
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Finds the user who may run the script, from the open file alone.</summary>
    /// <param name="status">The status of the open file.</param>
    /// <param name="asker">The user who runs this program.</param>
    internal static (UserAccount? Runner, ShimException? Refusal) FindRunner(in Stat status, UserAccount asker)
    {
        const FilePermissions writableByOthers = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;
        if ((status.st_mode & writableByOthers) != 0)
        {
            return (null, Refuse("other users may write to the capsule, and a capsule names the program to run",
                "chmod go-w on it, if you know that no other user has changed it"));
        }
        if (!asker.IsRoot)
        {
            return status.st_uid == asker.UserId
                ? (asker, null)
                : (null, Refuse("the capsule belongs to another user, and a capsule names the program to run",
                    "run shimctl as its owner, or as root"));
        }
        if (status.st_uid == 0)
        {
            return (null, Refuse("root owns the capsule, and a program that a capsule names is never run as root",
                "run the gateway as an unprivileged user"));
        }
        string number = status.st_uid.ToString(CultureInfo.InvariantCulture);
        return Syscall.getpwuid(status.st_uid) is null
            ? (null, Refuse($"the capsule belongs to user {number}, who is not in the user database, so that the groups are unknown",
                "add the user: useradd"))
            : (UserAccount.Find(number), null);
    }

    private static ShimException Refuse(string cause, string cure) => new(ExitCode.Usage, cause, cure);

    private static ShimException Explain(string path, int error) => error switch
    {
        Posix.Errno.ENOENT => new ShimException(ExitCode.Usage, $"no such file: {path}",
            "correct the name; the oldest capsules are removed when there are many"),
        Posix.Errno.ELOOP => new ShimException(ExitCode.Usage, $"{path} is a link", "name the capsule itself, because a link can change"),
        Posix.Errno.EACCES
            when UserAccount.Current.FindObstacle(Access.Read, Path.GetFullPath(path)) is { Kind: ObstacleKind.Forbidden } obstacle =>
            new ShimException(ExitCode.SystemError, $"cannot read {path}: permission denied (EACCES): {obstacle.Description}",
                "run shimctl as the user of the gateway, or as root (sudo)"),
        _ => new ShimException(ExitCode.SystemError, $"cannot read {path}: {ScriptDiagnosis.Name(error)}",
            "run shimctl as the user of the gateway, or as root (sudo)"),
    };
}
