using System.Globalization;
using System.Text;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Checking;

/// <summary>Changes to one line of a configuration.</summary>
internal static class LineEdit
{
    /// <summary>Replaces the first occurrence of a text on a line.</summary>
    /// <returns>Null if the line does not hold it, so that no command would help.</returns>
    internal static FileEdit? Replace(SourceLocation place, string text, string replacement) =>
        LineAt(place)?.Contains(text, StringComparison.Ordinal) == true ? Of(place.File, ReplaceStep(place, text, replacement)) : null;

    /// <summary>Writes a line after another one, as far to the right as that is.</summary>
    /// <returns>Null if that one ends a block, so that the new one would be outside of it.</returns>
    internal static FileEdit? InsertAfter(SourceLocation place, string line) => LineAt(place)?.Contains('}') == true ? null : Of(place.File, AppendStep(place, line));

    /// <summary>Writes a line after one that opens a block.</summary>
    /// <returns>Null if the block ends on the same line.</returns>
    internal static FileEdit? InsertInto(SourceLocation place, string line) =>
        LineAt(place)?.Contains('}') == true ? null : Of(place.File, new LineStep(place.Line, $"{Number(place)}a\\{Indent(place)}    {Escape(line, "\\")}"));

    /// <summary>Takes a line to a place before another one of the same file.</summary>
    internal static FileEdit MoveBefore(SourceLocation line, SourceLocation target) => Of(line.File, new LineStep(line.Line, $"{Number(line)}d"), InsertStep(target, $"{Indent(line)}{(LineAt(line) ?? "").Trim()}"));

    /// <summary>Several steps at once.</summary>
    internal static FileEdit Of(string file, params IReadOnlyList<LineStep> steps) => new(file) { Steps = steps };

    /// <summary>The step that replaces a text on a line.</summary>
    internal static LineStep ReplaceStep(SourceLocation place, string text, string replacement)
    {
        char divider = "|#,~%!@;".First(candidate => candidate is ';' || (!text.Contains(candidate) && !replacement.Contains(candidate)));
        return new LineStep(place.Line, $"{Number(place)}s{divider}{Escape(text, $".[]*^$\\{divider}")}{divider}{Escape(replacement, $"&\\{divider}")}{divider}");
    }

    /// <summary>The step that writes a line after another one, as far to the right as that is.</summary>
    internal static LineStep AppendStep(SourceLocation place, string line) => new(place.Line, $"{Number(place)}a\\{Indent(place)}{Escape(line, "\\")}");

    /// <summary>The step that writes a line before another one.</summary>
    internal static LineStep InsertStep(SourceLocation place, string line) => new(place.Line, $"{Number(place)}i\\{Escape(line, "\\")}") { IsAbove = true };

    /// <summary>The step that writes a line after the last one.</summary>
    internal static LineStep EndStep(string line) => new(int.MaxValue, $"$a\\{Escape(line, "\\")}");

    /// <summary>The text of a line; null if there is no such line.</summary>
    internal static string? LineAt(SourceLocation place) => ConfigurationFile.ReadLines(place.File).ElementAtOrDefault(place.Line - 1);

    private static string Number(SourceLocation place) => place.Line.ToString(CultureInfo.InvariantCulture);

    private static string Indent(SourceLocation place)
    {
        string line = LineAt(place) ?? "";
        return line[..(line.Length - line.AsSpan().TrimStart().Length)];
    }

    private static string Escape(string text, string special)
    {
        var escaped = new StringBuilder();
        foreach (char character in text)
            escaped.Append(special.Contains(character) ? "\\" : "").Append(character);
        return escaped.ToString();
    }
}
