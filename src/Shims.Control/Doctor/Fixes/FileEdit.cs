using Mono.Unix.Native;

namespace Shims.Control.Doctor.Fixes;

/// <summary>A change to lines of a file, as one command of sed(1).</summary>
/// <param name="File">Absolute path.</param>
internal sealed record FileEdit(string File) : Fix
{
    /// <summary>What sed is to do, step by step.</summary>
    internal required IReadOnlyList<LineStep> Steps { get; init; }

    /// <summary>The first line that is changed: sed counts lines, so what is changed above moves what is changed below.</summary>
    internal LineStep? Highest => Steps.Any(step => step.Line == 0) ? null : Steps.MinBy(step => step.Line);

    internal override string Words => $"change {File} so";

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        if (scope.Admit(File, FilePermissions.S_IFREG, out reason) is not { } file)
            return null;
        // sed takes a line feed for the end of one command and the beginning of the next.
        IEnumerable<string> scripts = Steps.Count == 1 ? [Steps[0].Expression] : Steps.SelectMany(step => new[] { "-e", step.Expression });
        return FixScope.Change(file, out reason, ["sed", "-i", .. scripts, file.Path]) is { } command ? command with { Edit = this } : null;
    }
}
