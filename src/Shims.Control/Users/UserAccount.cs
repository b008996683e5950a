using System.Globalization;
using Mono.Unix;
using Mono.Unix.Native;

namespace Shims.Control.Users;

/// <summary>A user as the kernel knows one: with groups, and with what they permit.</summary>
/// <remarks>
/// Computed from owners, groups, modes and access control lists as the kernel does it (path_resolution(7), inode(7), acl(5)), so that root
/// can ask for another user. Security
/// modules, such as SELinux, are not looked at: they can only be asked as the user in question.
/// </remarks>
internal sealed class UserAccount
{
    /// <summary>The most links that the kernel follows on one path. path_resolution(7).</summary>
    private const int MaxLinks = 40;

    /// <summary>The group database is read by one thread at a time: getgrent(3) has one position for all.</summary>
    private static readonly Lock s_groups = new();

    private readonly HashSet<uint> _groups;

    internal UserAccount(string name, uint userId, uint groupId, params IEnumerable<uint> furtherGroups)
    {
        (Name, UserId, GroupId) = (name, userId, groupId);
        _groups = [groupId, .. furtherGroups];
    }

    /// <summary>The user who runs this program.</summary>
    internal static UserAccount Current { get; } = Find(Syscall.geteuid().ToString(CultureInfo.InvariantCulture))!;

    internal string Name { get; }

    internal uint UserId { get; }

    internal uint GroupId { get; }

    /// <summary>All groups, the first one included.</summary>
    internal IReadOnlySet<uint> Groups => _groups;

    internal bool IsRoot => UserId == 0;

    /// <summary>The user's home directory; null if the user database does not know the user.</summary>
    internal string? Home { get; init; }

    /// <summary>A user's name, or the number if the user database has none.</summary>
    internal static string NameOf(uint user) => Syscall.getpwuid(user)?.pw_name ?? user.ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks a user up.</summary>
    /// <param name="nameOrNumber">A user's name; or a number, which need not be in the user database.</param>
    /// <returns>Null if there is no user of that name.</returns>
    internal static UserAccount? Find(string nameOrNumber)
    {
        Passwd? user = Syscall.getpwnam(nameOrNumber);
        if (user is null && uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            user = Syscall.getpwuid(number);
            if (user is null)
                return new UserAccount(nameOrNumber, number, number);
        }
        return user is null ? null : new UserAccount(user.pw_name, user.pw_uid, user.pw_gid, GroupsOf(user.pw_name)) { Home = user.pw_dir };
    }

    /// <summary>Whether the user may do all that to the file, and get there.</summary>
    internal bool May(Access access, string path) => FindObstacle(access, path) is null;

    /// <summary>The first obstacle; null if there is none.</summary>
    /// <param name="access">The rights that are needed.</param>
    /// <param name="path">An absolute path.</param>
    internal Obstacle? FindObstacle(Access access, string path) => FindObstacles(access, path).FirstOrDefault();

    /// <summary>Goes the way that the kernel goes, links and all, and names everything that is in the way, in that order.</summary>
    /// <param name="access">The rights that are needed.</param>
    /// <param name="path">An absolute path.</param>
    internal IEnumerable<Obstacle> FindObstacles(Access access, string path)
    {
        var rest = new Stack<string>(Components(path).Reverse());
        string here = "/";
        int links = 0;
        while (rest.TryPop(out string? component))
        {
            if (Check(Access.Execute, here) is { } closed)
                yield return closed;
            if (component == "..")
            {
                here = Path.GetDirectoryName(here) ?? "/";
                continue;
            }
            string next = Path.Join(here, component);
            if (Syscall.lstat(next, out Stat status) != 0)
            {
                // What this process may not see either has been named already.
                if (Stdlib.GetLastError() != Errno.EACCES)
                    yield return new Obstacle(ObstacleKind.Absent, next);
                yield break;
            }
            if (IsKind(status, FilePermissions.S_IFLNK))
            {
                if (++links > MaxLinks)
                {
                    yield return new Obstacle(ObstacleKind.EndlessLinks, next);
                    yield break;
                }
                string target = UnixPath.ReadLink(next);
                if (target.StartsWith('/'))
                    here = "/";
                foreach (string part in Components(target).Reverse())
                    rest.Push(part);
                continue;
            }
            if (rest.Count > 0 && !IsKind(status, FilePermissions.S_IFDIR))
            {
                yield return new Obstacle(ObstacleKind.NotADirectory, next);
                yield break;
            }
            here = next;
        }
        if (Check(access, here) is { } last)
            yield return last;
    }

    /// <summary>Looks at one file that is not a link, and not at the way to it.</summary>
    private Obstacle? Check(Access access, string path)
    {
        if (Syscall.stat(path, out Stat status) != 0)
            return new Obstacle(ObstacleKind.Absent, path);
        AccessList? list = IsRoot ? null : AccessList.Of(path);
        Access allowed = list?.Allowed(access, this, status.st_uid, status.st_gid) ?? Allowed(status.st_mode, status.st_uid, status.st_gid);
        Access missing = access & ~allowed;
        if (missing == Access.None)
            return null;
        var obstacle = new Obstacle(ObstacleKind.Forbidden, path)
        {
            Missing = missing,
            Whose = WhoseBits(status.st_uid, status.st_gid),
            User = this,
            Allowed = allowed
        };
        return list is null || obstacle.Whose == 'u' ? obstacle : obstacle with { ListedUser = Name };
    }

    /// <summary>
    /// The rights that a mode gives this user. The first of owner, group and others that fits decides, even if a later one would allow
    /// more.
    /// </summary>
    internal Access Allowed(FilePermissions mode, uint owner, uint group)
    {
        const FilePermissions anyExecute = FilePermissions.S_IXUSR | FilePermissions.S_IXGRP | FilePermissions.S_IXOTH;
        if (IsRoot)
        {
            // capabilities(7), CAP_DAC_OVERRIDE: a file that no user may execute root may not execute either.
            bool isExecutable = (mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR || (mode & anyExecute) != 0;
            return Access.Read | Access.Write | (isExecutable ? Access.Execute : Access.None);
        }
        int shift = WhoseBits(owner, group) switch { 'u' => 6, 'g' => 3, _ => 0 };
        return (Access)(((uint)mode >> shift) & 7);
    }

    private char WhoseBits(uint owner, uint group) => IsRoot || owner == UserId ? 'u' : _groups.Contains(group) ? 'g' : 'o';

    private static bool IsKind(in Stat status, FilePermissions kind) => (status.st_mode & FilePermissions.S_IFMT) == kind;

    private static IEnumerable<string> Components(string path) => path.Split('/').Where(component => component is not ("" or "."));

    /// <summary>The groups that name the user as a member. getgrent(3).</summary>
    private static List<uint> GroupsOf(string user)
    {
        var groups = new List<uint>();
        lock (s_groups)
        {
            Syscall.setgrent();
            while (Syscall.getgrent() is { } group)
            {
                if (group.gr_mem.Contains(user))
                    groups.Add(group.gr_gid);
            }
            Syscall.endgrent();
        }
        return groups;
    }
}
