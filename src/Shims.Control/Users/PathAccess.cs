using Mono.Unix.Native;

namespace Shims.Control.Users;

/// <summary>Computes which right a user lacks where a program has been refused a path: r, w or x, and on which component.</summary>
internal static class PathAccess
{
    private const Access Everything = Access.Read | Access.Write | Access.Execute;

    /// <summary>Finds the right that is missing.</summary>
    /// <param name="user">The user that the program runs as.</param>
    /// <param name="path">An absolute path.</param>
    /// <param name="tried">The access that was tried; null where that is not known.</param>
    /// <param name="isCertain">Whether the system has refused it, so that a right must be missing: the likely one where it is not that
    /// which was tried.</param>
    /// <returns>Null if the user lacks nothing there, or if the path leads nowhere.</returns>
    internal static Obstacle? FindRefusal(UserAccount user, string path, Access? tried, bool isCertain = true)
    {
        // A file that is to be made needs a directory that may be written.
        if (user.FindObstacle(Access.None, path) is { } way)
        {
            return way.Kind != ObstacleKind.Absent ? way.Kind == ObstacleKind.Forbidden ? way : null
                : Directory.Exists(Path.GetDirectoryName(path))
                    ? user.FindObstacle(Access.Write | Access.Execute, Path.GetDirectoryName(path)!) : null;
        }
        if (user.FindObstacle(Everything, path) is not { Kind: ObstacleKind.Forbidden } refusal)
            return null;
        bool isFolder = Directory.Exists(refusal.Path);
        Access missing = refusal.Missing & (tried ?? (isCertain ? Access.None : isFolder ? Access.Read | Access.Execute : Access.Read));
        if (missing == Access.None && !isCertain)
            return null;
        return refusal with { Missing = missing != Access.None ? missing : Likely(refusal) };
    }

    /// <summary>Mode, owner and group, as <c>ls -l</c> names them.</summary>
    internal static string Describe(string path) => Syscall.stat(path, out Stat status) != 0 ? ""
        : $"mode {Convert.ToString((uint)status.st_mode & 0xFFF, 8).PadLeft(4, '0')}, {UserAccount.NameOf(status.st_uid)}:{GroupOf(status.st_gid)}";

    /// <summary>
    /// Without reading, a file is of little use, and a directory without reading and entering; where these are there, the others are
    /// missing.
    /// </summary>
    private static Access Likely(Obstacle refusal)
    {
        Access first = refusal.Missing & (Directory.Exists(refusal.Path) ? Access.Read | Access.Execute : Access.Read);
        return first != Access.None ? first : refusal.Missing;
    }

    private static string GroupOf(uint group) => Syscall.getgrgid(group)?.gr_name ?? FormattableString.Invariant($"{group}");
}
