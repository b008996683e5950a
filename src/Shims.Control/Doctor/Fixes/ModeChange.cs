using Mono.Unix.Native;

namespace Shims.Control.Doctor.Fixes;

/// <summary>
/// A change of a file's mode that lets no user do more with its content: it takes rights away, or makes executable for those who may read.
/// </summary>
/// <param name="File">Absolute path.</param>
/// <param name="Mode">As chmod(1) has it; one of ours.</param>
internal sealed record ModeChange(string File, string Mode) : Fix
{
    /// <summary>A directory, and not a regular file.</summary>
    internal bool IsFolder { get; init; }

    internal override string Words => $"let its owner run chmod {Mode} on {File}";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason) =>
        scope.Admit(File, IsFolder ? FilePermissions.S_IFDIR : FilePermissions.S_IFREG, out reason) is { } file
            ? FixScope.Change(file, out reason, "chmod", Mode, file.Path) : null;
}
