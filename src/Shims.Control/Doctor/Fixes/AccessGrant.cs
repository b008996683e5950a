using Mono.Unix.Native;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Fixes;

/// <summary>
/// Lets one user and no other read, run or enter a file: by the owner's own bits, by an access control list, or by a group that the user is
/// in. Never to write it.
/// </summary>
/// <param name="File">Absolute path, without any link in it.</param>
/// <param name="User">Who needs it.</param>
/// <param name="Missing">What is missing.</param>
internal sealed record AccessGrant(string File, UserAccount User, Access Missing) : Fix
{
    private const int NoSuchOperation = 95; // EOPNOTSUPP

    /// <summary>Whose bits of the mode decide: u, g or o.</summary>
    internal char Whose { get; init; } = 'o';

    /// <summary>The rights that the user has already.</summary>
    internal Access Allowed { get; init; }

    /// <summary>The grant that takes an obstacle away; null where that is not a matter of permissions.</summary>
    internal static AccessGrant? Past(Obstacle obstacle) => obstacle is { Kind: ObstacleKind.Forbidden, User: { } user }
        ? new AccessGrant(obstacle.Path, user, obstacle.Missing) { Whose = obstacle.Whose, Allowed = obstacle.Allowed }
        : null;

    internal override string Words =>
        $"if user {User.Name} is meant to {Verb} {File}: let that user and no other, by an access control list or a group";

    private string Entry => $"u:{User.Name}:{Letters(Missing | Allowed)}";

    private string Verb =>
        Missing.HasFlag(Access.Write) ? "write to" : Missing.HasFlag(Access.Read) ? "read" : Directory.Exists(File) ? "enter" : "run";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        reason = null;
        FilePermissions kind = Directory.Exists(File) ? FilePermissions.S_IFDIR : FilePermissions.S_IFREG;
        if (Missing.HasFlag(Access.Write) || scope.Admit(File, kind, out reason) is not { } file)
            return null;
        // The owner's own bits concern no other user, and no list has a say in them.
        if (Whose == 'u')
            return FixScope.Change(file, out reason, "chmod", $"u+{Letters(Missing)}", file.Path);
        if (ProgramSearch.All("setfacl", "/usr/bin:/bin").Any() && HasLists(file.Path))
            return FixScope.Change(file, out reason, "setfacl", "-m", Entry, file.Path);
        if (Whose == 'g')
            return FixScope.Change(file, out reason, "chmod", $"g+{Letters(Missing)}", file.Path);
        reason = "it takes setfacl, of the package acl, or a group that only that user is in";
        return null;
    }

    internal static string Letters(Access access) => string.Concat(
        access.HasFlag(Access.Read) ? "r" : "", access.HasFlag(Access.Write) ? "w" : "", access.HasFlag(Access.Execute) ? "x" : "");

    /// <summary>True if the file's filesystem keeps access control lists.</summary>
    private static bool HasLists(string path) =>
        Syscall.getxattr(path, "system.posix_acl_access", out _) >= 0 || Stdlib.GetLastError() != (Errno)NoSuchOperation;
}
