using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>Faults of the name of a script: a link that leads to another place than a script, and names of other things.</summary>
internal static class ScriptLink
{
    /// <summary>A link whose end is not there, or that leads round in a circle.</summary>
    internal static Finding? LeadsNowhere(string path)
    {
        if (!IsLink(path, out _) || Syscall.stat(path, out _) == 0)
            return null;
        return Stdlib.GetLastError() switch
        {
            Errno.ENOENT or Errno.ENOTDIR =>
                new Finding(Severity.Error, path,
                $"the link leads to {UnixPath.ReadLink(path)}, which is not there")
                { Advice = "let it lead to the script, or remove it" },
            Errno.ELOOP => new Finding(Severity.Error, path, $"the link leads to {UnixPath.ReadLink(path)}, and so round in a "
                + $"circle")
            { Advice = "let it lead to the script, or remove it" },
            _ => null,
        };
    }

    /// <summary>A link that the gateways refuse: the mode of the file that it leads to is not the fault.</summary>
    internal static Finding? LeadsOut(string path, string folder)
    {
        if (!IsLink(path, out Stat link) || Syscall.stat(path, out Stat target) != 0)
            return null;
        string real = UnixPath.GetCompleteRealPath(path), owner = UserAccount.NameOf(target.st_uid);
        return link.st_uid == 0 || link.st_uid == target.st_uid || FileCustody.IsIn(real, FileCustody.RealFolder(folder)) ? null
            : new Finding(Severity.Error, path,
                $"the link leads out of the directory, to {real}, which belongs to user {owner}, and the link to user "
                    + $"{UserAccount.NameOf(link.st_uid)}: scgi-run and fcgi-run refuse it")
            { Advice = "put a copy in its place, or name that file by itself" };
    }

    /// <summary>A pipe, a device or a directory. Opening a pipe would wait.</summary>
    internal static bool IsSomethingElse(string path) =>
        Syscall.stat(path, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG;

    private static bool IsLink(string path, out Stat link) =>
        Syscall.lstat(path, out link) == 0 && (link.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFLNK;
}
