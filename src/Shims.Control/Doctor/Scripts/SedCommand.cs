using System.Globalization;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Changes to lines of a script in place, each one command. sed(1).</summary>
internal static class SedCommand
{
    internal static FileEdit ReplaceLine(string script, int line, string text) =>
        Write(script, line, $"s|.*|{Escape(text).Replace("&", "\\&", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)}|");

    // The backslash keeps the blanks after it.
    internal static FileEdit InsertBefore(string script, int line, string text) =>
        new(script) { Steps = [new LineStep(line, $"{Number(line)}i\\{Escape(text)}") { IsAbove = true }] };

    internal static FileEdit AppendAfter(string script, int line, params IEnumerable<string> texts) =>
        new(script) { Steps = [.. texts.Select(text => new LineStep(line, $"{Number(line)}a\\{Escape(text)}"))] };

    /// <param name="script">Its path.</param>
    /// <param name="line">The line that is changed; 0 for all.</param>
    /// <param name="change">What sed is to do there.</param>
    internal static FileEdit Write(string script, int line, string change) =>
        new(script) { Steps = [new LineStep(line, $"{(line == 0 ? "" : Number(line))}{change}")] };

    private static string Number(int line) => line.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal);
}
