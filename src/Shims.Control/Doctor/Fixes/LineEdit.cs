using Mono.Unix.Native;

namespace Shims.Control.Doctor.Fixes;

/// <summary>Changes to lines of a file.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Changes">In the order in which they are made; lines count as they were before.</param>
internal sealed record LineEdit(string File, params IReadOnlyList<LineChange> Changes) : Fix
{
    /// <summary>The first line that is changed: a change moves the lines after it. Null if all lines are.</summary>
    internal LineChange? Highest => Changes.Any(change => change.Line == 0) ? null : Changes.MinBy(change => change.Line);

    internal override string Words => $"change {File} so";

    /// <summary>Replaces a line.</summary>
    internal static LineEdit Rewrite(string file, int line, string text) => new(file, new LineChange(LineChangeKind.Rewrite, line, text));

    /// <summary>Writes a line before another one.</summary>
    internal static LineEdit InsertBefore(string file, int line, string text) =>
        new(file, new LineChange(LineChangeKind.InsertBefore, line, text));

    /// <summary>Writes lines after another one.</summary>
    internal static LineEdit AppendAfter(string file, int line, params IEnumerable<string> texts) =>
        new(file, [.. texts.Select(text => new LineChange(LineChangeKind.AppendAfter, line, text))]);

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        if (scope.Admit(File, FilePermissions.S_IFREG, out reason) is not { } file)
            return null;
        // sed takes a line feed for the end of one command and the beginning of the next.
        IEnumerable<string> scripts = Changes.Count == 1
            ? [Changes[0].ToSed()]
            : Changes.SelectMany(change => new[] { "-e", change.ToSed() });
        return FixScope.Change(file, out reason, ["sed", "-i", .. scripts, file.Path]) is { } command ? command with { Edit = this } : null;
    }
}
