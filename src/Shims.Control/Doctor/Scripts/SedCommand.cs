namespace Shims.Control.Doctor.Scripts;

/// <summary>Commands that change a line of a script in place. sed(1).</summary>
internal static class SedCommand
{
    internal static string ReplaceLine(string script, int line, string text) => Write($"{line}s|.*|{Escape(text)}|", script);

    internal static string InsertBefore(string script, int line, string text) => Write($"{line}i\\\n{EscapeText(text)}", script);

    internal static string AppendAfter(string script, int line, string text) => Write($"{line}a\\\n{EscapeText(text)}", script);

    internal static string Write(string expression, string script) => $"sed -i {ShellWord.Quote(expression)} {ShellWord.Path(script)}";

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("&", "\\&", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);

    private static string EscapeText(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal);
}
