using Mono.Unix.Native;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Fixes;

/// <summary>A folder for sockets, or an empty log, that belongs to one user and is closed to all others.</summary>
/// <param name="Path">Absolute path of what is not there yet.</param>
/// <param name="Owner">The user who gets it; null for root.</param>
internal sealed record NewFile(string Path, UserAccount? Owner) : Fix
{
    internal required bool IsFolder { get; init; }

    internal override string Words =>
        IsFolder
            ? $"make the folder {Path}, for user {Owner?.Name ?? "root"} alone"
            : $"make {Path}, and let user {Owner?.Name ?? "root"} write to it";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        string path = System.IO.Path.GetFullPath(Path), parent = path;
        for (parent = System.IO.Path.GetDirectoryName(path) ?? "/"; IsFolder && parent != "/" && !Directory.Exists(parent);)
            parent = System.IO.Path.GetDirectoryName(parent) ?? "/";
        if (Syscall.lstat(path, out _) == 0 || FileCustody.Find(System.IO.Path.Join(parent, "."), null, out reason) is not { } folder)
        {
            reason = "see what is there";
            return null;
        }
        reason = folder.Kind != FilePermissions.S_IFDIR || (folder.Owner != 0 && folder.Owner != UserAccount.Current.UserId)
            ? $"{parent} does not belong to root"
            : folder.FindWeakness() ?? folder.FindOwnWeakness();
        if (reason is not null)
            return null;
        string[] owner = Owner is null || Owner.UserId == UserAccount.Current.UserId ? [] : ["-o", Owner.Name];
        path = folder.Path.TrimEnd('/') + path[parent.TrimEnd('/').Length..];
        if (IsFolder && RuntimeFolder.IsOfOneStart(path) && ShellCommand.RuntimeFolder(path, Owner?.Name ?? "root") is { } lasting)
            return lasting;
        return IsFolder
            ? ShellCommand.Of(["install", "-d", .. owner, "-m", "700", path])
            : ShellCommand.Of(["install", .. owner, "-m", "640", "/dev/null", path]);
    }
}
