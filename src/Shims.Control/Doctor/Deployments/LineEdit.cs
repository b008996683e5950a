using System.Globalization;
using System.Text;
using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Commands that change one line of a configuration.</summary>
internal static class LineEdit
{
    /// <summary>Replaces the first occurrence of a text on a line.</summary>
    /// <returns>Null if the line does not hold it, so that no command would help.</returns>
    internal static string? Replace(Place place, string text, string replacement) =>
        LineAt(place)?.Contains(text, StringComparison.Ordinal) == true ? Command(place, Script(place, text, replacement)) : null;

    /// <summary>Writes a line behind another one, as far to the right as that is.</summary>
    internal static string InsertAfter(Place place, string line) => Command(place, AppendScript(place, line));

    /// <summary>Writes a line behind one that opens a block.</summary>
    internal static string InsertInto(Place place, string line) => Command(place, $"{Number(place)}a\\{Indent(place)}    {Escape(line, "\\")}");

    /// <summary>Takes a line to a place in front of another one of the same file.</summary>
    internal static string MoveBefore(Place line, Place target) =>
        Command(line, $"{Number(line)}d", $"{Number(target)}i\\{Indent(line)}{Escape((LineAt(line) ?? "").Trim(), "\\")}");

    /// <summary>What sed is to do to replace a text on a line.</summary>
    internal static string Script(Place place, string text, string replacement)
    {
        char divider = "|#,~%!@;".First(candidate => candidate is ';' || (!text.Contains(candidate) && !replacement.Contains(candidate)));
        return $"{Number(place)}s{divider}{Escape(text, $".[]*^$\\{divider}")}{divider}{Escape(replacement, $"&\\{divider}")}{divider}";
    }

    /// <summary>What sed is to do to write a line behind another one.</summary>
    internal static string AppendScript(Place place, string line) => $"{Number(place)}a\\{Indent(place)}{Escape(line, "\\")}";

    /// <summary>The text of a line; null if there is no such line.</summary>
    internal static string? LineAt(Place place) => ConfigurationFile.ReadLines(place.File).ElementAtOrDefault(place.Line - 1);

    private static string Command(Place place, params string[] scripts) =>
        $"sed -i {(scripts is [var only] ? ShellWord.Quote(only) : string.Join(' ', scripts.Select(script => $"-e {ShellWord.Quote(script)}")))} {ShellWord.Path(place.File)}";

    private static string Number(Place place) => place.Line.ToString(CultureInfo.InvariantCulture);

    private static string Indent(Place place)
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
