using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The path of a unix socket that this program has opened: there while clients can connect, and gone before they cannot.</summary>
/// <remarks><code>
///   lock of the directory     one start at a time, so that bind and listen are one step to the others
///   bind                      nothing is there: the path is ours
///   a file, a link            it stays, and the start fails
///   another user's socket     the same
///   connect is accepted       a process listens: the same
///   connect is refused        its process has died: the path is removed, and bound
/// </code>A process that ends removes the path before it refuses clients, so a socket that refuses them belongs to no process.</remarks>
internal sealed class SocketFile
{
    /// <summary>Looks at the lock of the directory, and milliseconds between two: others have it for a moment only.</summary>
    private const int MostLooks = 200, LookInterval = 10;

    private readonly byte[] _path;
    private readonly FileStatus _status;
    private bool _isRemoved;

    private SocketFile(byte[] path, in FileStatus status) => (_path, _status) = (path, status);

    /// <summary>Gives a socket its path, and listens there.</summary>
    /// <exception cref="ShimException">The path is another's, or the system refused.</exception>
    internal static SocketFile Claim(int socket, OwnAddress address, uint mode)
    {
        byte[] path = address.Path!;
        int folder = Libc.Open(FolderOf(path), Flags.O_RDONLY | Flags.O_DIRECTORY);
        try
        {
            bool isAlone = folder >= 0 && TryLock(folder);
            if (!Libc.BindPath(socket, address.Name, mode))
            {
                if (Libc.Errno != Errno.EADDRINUSE)
                    throw Refused(address);
                RemoveStale(address, isAlone);
                if (!Libc.BindPath(socket, address.Name, mode))
                    throw Refused(address);
            }
            bool isThere = Libc.TryGetStatus(path, follow: false, out FileStatus status);
            var file = new SocketFile(path, status);
            if (isThere && status.Permissions != mode)
                Libc.SetMode(path, mode);
            if (Libc.Listen(socket))
                return file;
            ShimException refused = Refused(address);
            file.Remove();
            throw refused;
        }
        finally
        {
            Libc.Close(folder);
        }
    }

    /// <summary>Removes the path, once, unless it has become that of another file. The socket is still open then, so that its inode cannot be another file's.</summary>
    internal void Remove()
    {
        if (_isRemoved)
            return;
        _isRemoved = true;
        if (Libc.TryGetStatus(_path, follow: false, out FileStatus now) && now.IsSameFile(_status))
            Libc.Unlink(_path);
    }

    private static byte[] FolderOf(byte[] path) => [.. path.AsSpan(0, Math.Max(1, path.AsSpan().LastIndexOf((byte)'/'))), 0];

    private static unsafe bool TryLock(int folder)
    {
        int never = 0;
        for (int look = 0; look < MostLooks; look++)
        {
            if (Libc.TryLock(folder))
                return true;
            Libc.WaitWhile(&never, 0, LookInterval);
        }
        return false;
    }

    /// <summary>Removes the path of a socket whose process has died.</summary>
    /// <exception cref="ShimException">It is not certain that it is that.</exception>
    private static void RemoveStale(OwnAddress address, bool isAlone)
    {
        string path = address.ToString();
        if (!Libc.TryGetStatus(address.Path, follow: false, out FileStatus status))
            return; // its process has just ended
        if (!status.IsSocket)
            throw InUse($"there is a file at the path of {OwnAddress.Option} {path} that is not a socket", "choose another path, or move the file away");
        if (status.Owner != Libc.EffectiveUser)
            throw InUse($"the socket at the path of {OwnAddress.Option} {path} belongs to another user", "choose another path, in a directory that only this user may write to");
        int connection = Libc.Connect(Flags.AF_UNIX, Flags.SOCK_STREAM | Flags.SOCK_NONBLOCK, address.Name);
        bool isDead = connection < 0 && Libc.Errno == Errno.ECONNREFUSED;
        Libc.Close(connection);
        if (!isDead)
            throw InUse($"another process listens at {OwnAddress.Option} {path}", "end it first, or choose another path");
        if (!isAlone)
            throw InUse($"there is a socket at the path of {OwnAddress.Option} {path} whose process has ended, and its directory cannot be locked to remove it", "remove it by hand, or let this user read the directory");
        Libc.Unlink(address.Path);
    }

    private static ShimException InUse(string fault, string cure) => new(ExitCode.SystemError, fault, cure);

    private static ShimException Refused(OwnAddress address)
    {
        int reason = Libc.Errno;
        string folder = PrintableText.Of(FolderOf(address.Path!).AsSpan()[..^1]);
        return new ShimException(ExitCode.SystemError, $"cannot listen at {OwnAddress.Option} {address} ({ScriptDiagnosis.Name(reason)})", reason switch
        {
            Errno.ENOENT or Errno.ENOTDIR => $"make its directory: install -d -m 700 {folder}",
            Errno.EACCES or Errno.EROFS => $"let user {Libc.EffectiveUser} write to {folder}",
            _ => "choose another path",
        });
    }
}
