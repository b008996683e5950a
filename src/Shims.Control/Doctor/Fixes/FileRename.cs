using Mono.Unix.Native;

namespace Shims.Control.Doctor.Fixes;

/// <summary>Another name for a file, in the same folder.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Name">The new name, which nothing has yet.</param>
internal sealed record FileRename(string File, string Name) : Fix
{
    internal override string Words => $"rename {File} to {Name}";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        if (Name.Contains('/', StringComparison.Ordinal) || scope.Admit(File, FilePermissions.S_IFREG, out reason) is not { } file)
        {
            reason = null;
            return null;
        }
        string target = Path.Join(Path.GetDirectoryName(file.Path), Name);
        reason = Syscall.lstat(target, out _) == 0 ? $"there is a {target}" : null;
        return reason is null ? FixScope.Change(file, out reason, "mv", "-n", file.Path, target) : null;
    }
}
