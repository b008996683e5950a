namespace Shims.Control.Doctor.Scripts;

/// <summary>Commands that change a line of a script in place, each on one line. sed(1).</summary>
internal static class SedCommand
{
    internal static string ReplaceLine(string script, int line, string text) =>
        Write($"{line}s|.*|{Escape(text).Replace("&", "\\&", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)}|", script);

    // The backslash keeps the blanks behind it.
    internal static string InsertBefore(string script, int line, string text) => Write($"{line}i\\{Escape(text)}", script);

    internal static string AppendAfter(string script, int line, params IEnumerable<string> texts) =>
        $"sed -i {string.Join(' ', texts.Select(text => $"-e {ShellWord.Quote($"{line}a\\{Escape(text)}")}"))} {ShellWord.Path(script)}";

    internal static string Write(string expression, string script) => $"sed -i {ShellWord.Quote(expression)} {ShellWord.Path(script)}";

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal);
}
