using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Client;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>What a script writes where its header should be.</summary>
internal static partial class StrayOutput
{
    private const int MaxShown = 60;

    /// <summary>A header block that is none.</summary>
    internal static Finding Explain(ScriptCase script, GatewayResponseHead head)
    {
        string[] lines = Encoding.UTF8.GetString(head.Raw).ReplaceLineEndings("\n").Split('\n');
        int stray = Array.FindIndex(lines, line => !IsHeader(line));
        if (stray < 0)
            return script.Error($"a web server will not take its header: {head.Fault}") with { Advice = "correct the script" };
        if (lines[stray].Length == 0)
            return script.Error("it writes an empty line before its header, which ends the header") with { Advice = "write the header first, then an empty line, then the body" };
        string where = stray == 0 && lines.Skip(1).Any(IsHeader) ? "before its header it writes" : stray == 0 ? "it writes no header but" : "into its header it writes";
        return Cure(script, script.Error($"{where} {Show(lines[stray])}"), lines[stray], hasHeader: lines.Any(IsHeader));
    }

    /// <summary>Output that ended before an empty line.</summary>
    /// <param name="script">Whose it is.</param>
    /// <param name="output">All of it.</param>
    /// <param name="said">What else there is to say.</param>
    internal static Finding ExplainUnfinished(ScriptCase script, byte[] output, string said)
    {
        string[] lines = Encoding.UTF8.GetString(output).ReplaceLineEndings("\n").Split('\n');
        if (IsHeader(lines[0]))
        {
            return script.Error($"an empty line behind its header is missing{said}") with { Advice = "write an empty line behind the last line of the header" };
        }
        return Cure(script, script.Error($"it writes no header, and begins with {Show(lines[0])}{said}"), lines[0], hasHeader: lines.Any(IsHeader));
    }

    /// <summary>Sends the statement's output elsewhere, or puts a header before it.</summary>
    private static Finding Cure(ScriptCase script, Finding finding, string stray, bool hasHeader)
    {
        // A header that is not quite one: another one before it would show it to visitors.
        if (AlmostHeader().IsMatch(stray))
            return finding with { Advice = "if that is to be a header: write NAME: VALUE, with nothing before the name (no blank, no byte order mark) and no blank before the colon" };
        if (!hasHeader)
        {
            string type = stray.TrimStart().StartsWith('<') ? "text/html" : "text/plain";
            return finding with
            {
                Fix = script.Begin(script.Language?.WriteHeaderLine($"Content-Type: {type}"), script.Language?.WriteHeaderLine("")),
                Advice = $"let it write Content-Type: {type} and an empty line first",
            };
        }
        int line = FindStatement(script, stray);
        if (line == 0)
            return finding with { Advice = "look for what writes that, and let it write to standard error" };
        string? moved = script.Language?.MoveToStandardError(script.Lines[line - 1]);
        return finding with
        {
            Fix = moved is null ? null : SedCommand.ReplaceLine(script.Path, line, moved),
            Advice = moved is null ? $"let line {line} write to standard error: {script.Lines[line - 1].Trim()}" : null,
        };
    }

    /// <summary>The only line of the source that has the text in it, or the beginning of the text if the rest of it is made at run time.</summary>
    private static int FindStatement(ScriptCase script, string text)
    {
        for (int length = text.Length; length >= 4; length = length > 12 ? length * 3 / 4 : length - 1)
        {
            string part = text[..length];
            int[] found = [.. Enumerable.Range(1, script.Lines.Count).Where(line => script.Lines[line - 1].Contains(part, StringComparison.Ordinal))];
            if (found.Length > 0)
                return found.Length == 1 ? found[0] : 0;
        }
        return 0;
    }

    private static bool IsHeader(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).IndexOfAnyExcept("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") < 0;
    }

    private static string Show(string line) => line.Length > MaxShown ? $"\"{line[..MaxShown]}...\"" : $"\"{line}\"";

    [GeneratedRegex(@"^[\uFEFF\s]*[A-Za-z][A-Za-z0-9-]*\s*:(\s|$)")]
    private static partial Regex AlmostHeader();
}
