using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Checking;

/// <summary>Changes to lines of a configuration, where the lines are as they were read.</summary>
internal static class ConfigurationEdit
{
    /// <summary>Replaces the first occurrence of a text on a line.</summary>
    /// <returns>Null if the line does not hold it, so that no command would help.</returns>
    internal static LineEdit? Replace(SourceLocation place, string text, string replacement) =>
        LineAt(place)?.Contains(text, StringComparison.Ordinal) == true
            ? new LineEdit(place.File, ReplaceAt(place, text, replacement))
            : null;

    /// <summary>Writes a line after another one, as far to the right as that is.</summary>
    /// <returns>Null if that one ends a block, so that the new one would be outside of it.</returns>
    internal static LineEdit? InsertAfter(SourceLocation place, string line) =>
        LineAt(place)?.Contains('}') == true ? null : new LineEdit(place.File, AppendAt(place, line));

    /// <summary>Writes a line after one that opens a block.</summary>
    /// <returns>Null if the block ends on the same line.</returns>
    internal static LineEdit? InsertInto(SourceLocation place, string line) => InsertAfter(place, "    " + line);

    /// <summary>Takes a line to a place before another one of the same file.</summary>
    internal static LineEdit MoveBefore(SourceLocation line, SourceLocation target) =>
        new(line.File, new LineChange(LineChangeKind.Delete, line.Line), InsertAt(target, $"{Indent(line)}{(LineAt(line) ?? "").Trim()}"));

    /// <summary>Replaces a text on a line.</summary>
    internal static LineChange ReplaceAt(SourceLocation place, string text, string replacement) =>
        new(LineChangeKind.Replace, place.Line, replacement, text);

    /// <summary>Writes a line after another one, as far to the right as that is.</summary>
    internal static LineChange AppendAt(SourceLocation place, string line) =>
        new(LineChangeKind.AppendAfter, place.Line, Indent(place) + line);

    /// <summary>Writes a line before another one.</summary>
    internal static LineChange InsertAt(SourceLocation place, string line) => new(LineChangeKind.InsertBefore, place.Line, line);

    /// <summary>The text of a line; null if there is no such line.</summary>
    internal static string? LineAt(SourceLocation place) => ConfigurationFile.ReadLines(place.File).ElementAtOrDefault(place.Line - 1);

    private static string Indent(SourceLocation place)
    {
        string line = LineAt(place) ?? "";
        return line[..(line.Length - line.AsSpan().TrimStart().Length)];
    }
}
