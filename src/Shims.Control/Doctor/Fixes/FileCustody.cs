using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Fixes;

/// <summary>
/// A file, and every directory on the way to it: each user who may write one of them decides what the name means the next moment.
/// </summary>
internal sealed class FileCustody
{
    /// <summary>The most links that the kernel follows on one path. path_resolution(7).</summary>
    private const int MaxLinks = 40;

    private const FilePermissions AnyType = FilePermissions.S_IFMT;

    private readonly List<(string Path, Stat Status)> _folders = [];

    private FileCustody(string path, Stat status) => (Path, Status) = (path, status);

    /// <summary>Its name without any link in it.</summary>
    internal string Path { get; }

    /// <summary>The file's own.</summary>
    internal Stat Status { get; }

    internal uint Owner => Status.st_uid;

    /// <summary>The file type, such as S_IFREG.</summary>
    internal FilePermissions Kind => Status.st_mode & AnyType;

    /// <summary>True if a user who is not root owns a directory on the way, and so can put something else in the file's place.</summary>
    internal bool IsMovable => _folders.Exists(folder => folder.Status.st_uid != 0 && folder.Status.st_uid != UserAccount.Current.UserId);

    /// <summary>Goes the way to a file. Links of root and of this user are followed, as far as they are outside of a folder.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="within">The folder, without links; null for none.</param>
    /// <param name="obstacle">What is in the way.</param>
    internal static FileCustody? Find(string path, string? within, out string? obstacle)
    {
        var folders = new List<(string, Stat)>();
        var rest = new Stack<string>(Components(path).Reverse());
        string here = "/";
        obstacle = null;
        for (int links = 0; rest.TryPop(out string? component);)
        {
            if (component == "..")
            {
                here = System.IO.Path.GetDirectoryName(here) ?? "/";
                continue;
            }
            string next = System.IO.Path.Join(here, component);
            if (Syscall.stat(here, out Stat folder) != 0 || Syscall.lstat(next, out Stat status) != 0)
            {
                obstacle = $"there is no {next}";
                return null;
            }
            folders.Add((here, folder));
            if ((status.st_mode & AnyType) == FilePermissions.S_IFLNK)
            {
                bool isTrusted = status.st_uid == 0 || status.st_uid == UserAccount.Current.UserId;
                if (!isTrusted || ++links > MaxLinks || (within is not null && IsIn(next, within)))
                {
                    obstacle = $"{next} is a link";
                    return null;
                }
                string target = UnixPath.ReadLink(next);
                here = target.StartsWith('/') ? "/" : here;
                foreach (string part in Components(target).Reverse())
                    rest.Push(part);
                continue;
            }
            here = next;
        }
        if (Syscall.lstat(here, out Stat last) != 0)
            return null;
        var custody = new FileCustody(here, last);
        custody._folders.AddRange(folders);
        return custody;
    }

    /// <summary>The name of a folder without any link in it; itself if it cannot be found.</summary>
    internal static string RealFolder(string folder) =>
        Directory.Exists(folder) ? UnixPath.GetCompleteRealPath(folder) is { Length: > 0 } real ? real : folder : folder;

    /// <summary>True if a path is in a folder, or is the folder.</summary>
    internal static bool IsIn(string path, string folder) =>
        path == folder || folder == "/" || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>
    /// The first reason why the name may mean something else by the time when a command is pasted; null if only root, this user and the
    /// file's owner decide about it.
    /// </summary>
    internal string? FindWeakness()
    {
        foreach ((string path, Stat status) in _folders)
        {
            if (status.st_uid != 0 && status.st_uid != UserAccount.Current.UserId && status.st_uid != Owner)
                return $"{path} belongs to user {UserAccount.NameOf(status.st_uid)}, and the file to user {UserAccount.NameOf(Owner)}";
            if (!status.st_mode.HasFlag(FilePermissions.S_ISVTX) && MayOthersWrite(status))
                return $"other users may write to {path}";
        }
        return null;
    }

    /// <summary>The same of a directory itself, in which something is to be made.</summary>
    internal string? FindOwnWeakness() => MayOthersWrite(Status) ? $"other users may write to {Path}" : null;

    internal static string NameOfOwner(string path) => Syscall.stat(path, out Stat status) == 0 ? UserAccount.NameOf(status.st_uid) : "unknown";

    /// <summary>A group of its owner's own, as many distributions make one for each user, has no other user in it.</summary>
    private static bool MayOthersWrite(in Stat status) =>
        status.st_mode.HasFlag(FilePermissions.S_IWOTH)
        || (status.st_mode.HasFlag(FilePermissions.S_IWGRP) && status.st_gid != 0
            && Syscall.getpwuid(status.st_uid)?.pw_gid != status.st_gid);

    private static IEnumerable<string> Components(string path) => path.Split('/').Where(component => component is not ("" or "."));
}
