using Mono.Unix.Native;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Fixes;

/// <summary>
/// A fix for the name of a socket: the socket is given to the web server's user, or a file that is in its place is removed.
/// </summary>
/// <param name="Path">Absolute path.</param>
/// <param name="User">The user who gets it; null to remove what is there.</param>
internal sealed record SocketFix(string Path, UserAccount? User) : Fix
{
    internal override string Words => User is null ? $"move {Path} away" : $"give the socket to user {User.Name}";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        // A configuration may name any file at all.
        if (User is null && System.IO.Path.GetExtension(Path) != ".sock")
        {
            reason = "look first what it is";
            return null;
        }
        if (scope.Admit(Path, User is null ? FilePermissions.S_IFREG : FilePermissions.S_IFSOCK, out reason) is not { } file)
            return null;
        return User is null
            ? FixScope.Change(file, out reason, "rm", file.Path)
            : file.IsMovable
                ? null
                : ShellCommand.Both(ShellCommand.Of("chown", "-h", User.Name, file.Path), ShellCommand.Of("chmod", "u+rw", file.Path));
    }
}
