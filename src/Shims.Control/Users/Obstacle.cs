using Shims.Control.Processes;

namespace Shims.Control.Users;

/// <summary>An obstacle between a user and a file: the file itself, or a directory on the way to it.</summary>
/// <param name="Kind">What is wrong there.</param>
/// <param name="Path">Where: without any link in it but, perhaps, the last component.</param>
internal sealed record Obstacle(ObstacleKind Kind, string Path)
{
    /// <summary>The rights that are missing there, where the obstacle is a mode.</summary>
    internal Access Missing { get; init; }

    /// <summary>Whose bits of the mode decide: u, g or o.</summary>
    internal char Whose { get; init; } = 'o';

    /// <summary>The user for whom an entry in the file's access control list is missing; null where the mode alone decides.</summary>
    internal string? ListedUser { get; init; }

    /// <summary>The rights that the user has there already.</summary>
    internal Access Allowed { get; init; }

    /// <summary>An addition to the message where the mode, which is all that ls shows, would allow it; else empty.</summary>
    internal string Reason => ListedUser is null ? "" : $", by its access control list (getfacl {ShellWords.Quote(Path)})";

    /// <summary>The user who meets it; null where the obstacle is not a matter of permissions.</summary>
    internal UserAccount? User { get; init; }

    /// <summary>
    /// The missing permission, for instance <c>user ada lacks search permission (x) on /srv/private</c>; of another obstacle, its path.
    /// </summary>
    internal string Description
    {
        get
        {
            (Access Access, string Name, char Letter)[] permissions =
            [
                (Access.Read, "read", 'r'),
                (Access.Write, "write", 'w'),
                (Access.Execute, System.IO.Directory.Exists(Path) ? "search" : "execute", 'x'),
            ];
            var missing = permissions.Where(permission => Missing.HasFlag(permission.Access)).ToList();
            string names = string.Join(" and ", missing.Select(permission => permission.Name));
            string letters = string.Concat(missing.Select(permission => permission.Letter));
            return Kind == ObstacleKind.Forbidden ? $"user {User?.Name} lacks {names} permission ({letters}) on {Path}{Reason}" : Path;
        }
    }
}
