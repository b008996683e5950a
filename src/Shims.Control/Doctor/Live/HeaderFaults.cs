using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Client;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>Faults of the header that a script writes, and output that stands in its place.</summary>
internal static partial class HeaderFaults
{
    private const int MaxShown = 60;

    private const char ByteOrderMark = '\uFEFF';

    /// <summary>A header block that a web server refuses.</summary>
    internal static Finding Explain(ScriptCase script, GatewayResponseHead head)
    {
        string[] lines = LinesOf(head.Raw);
        if (lines.Length == 0)
            return script.Error("it writes an empty line before its header, which ends the header")
                with
            { Advice = "write the header first, then an empty line, then the body" };
        int stray = Array.FindIndex(lines, line => !IsHeader(line));
        if (stray < 0)
            return ExplainValue(script, head, lines);
        string where = stray == 0 && lines.Skip(1).Any(IsHeader) ? "before its header it writes" : stray == 0 ? "it writes no header but"
            : "into its header it writes";
        return Fix(script, script.Error($"{where} {Show(lines[stray])}"), lines[stray], hasHeader: lines.Any(IsHeader));
    }

    /// <summary>Output that ended before an empty line.</summary>
    /// <param name="script">The script.</param>
    /// <param name="output">All of it.</param>
    /// <param name="said">Text for the end of the cause.</param>
    internal static Finding ExplainUnfinished(ScriptCase script, byte[] output, string said)
    {
        if (output.AsSpan().IndexOf((byte)'\n') < 0 && output.AsSpan().IndexOf((byte)'\r') >= 0)
            return script.Error($"its lines end with CR alone (\\r){said}")
                with
            { Advice = "end each line of the header with LF (\\n), or with CR LF (\\r\\n)" };
        string[] lines = LinesOf(output);
        if (lines.Length > 0 && IsHeader(lines[0]))
            return script.Error($"an empty line after its header is missing{said}")
                with
            { Advice = "write an empty line after the last line of the header" };
        string first = lines.FirstOrDefault() ?? "";
        return Fix(script, script.Error($"it writes no header, and begins with {Show(first)}{said}"), first,
            hasHeader: lines.Any(IsHeader));
    }

    /// <summary>All lines are headers, and one of them has a value that cannot be.</summary>
    private static Finding ExplainValue(ScriptCase script, GatewayResponseHead head, string[] lines)
    {
        if (Array.Find(lines, line => line.Any(character => char.IsControl(character) && character != '\t')) is { } control)
            return script.Error($"a line of its header holds a control character: {Show(control)}")
                with
            { Advice = "end lines with LF (\\n) or CR LF (\\r\\n), and leave other control characters out" };
        string[] lengths = [.. head.Headers.Where(header => header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value).Distinct()];
        if (lengths.Length > 1)
            return script.Error($"it writes Content-Length twice, with different values: {string.Join(" and ", lengths)}")
                with
            { Advice = "write it once, with the number of bytes of the body, or not at all" };
        if (lengths.Length == 1 && !lengths[0].All(char.IsAsciiDigit))
            return script.Error($"its Content-Length is not a number: {Show(lengths[0])}")
                with
            { Advice = "write the number of bytes of the body, or leave it out" };
        if (head.Find("Status") is { } status && head.Fault!.Contains("Status", StringComparison.Ordinal))
            return ExplainStatus(script, status);
        return script.Error($"a web server refuses its header: {head.Fault}") with { Advice = "correct the script" };
    }

    /// <summary>RFC 3875 section 6.3.3: three digits, a blank, and words.</summary>
    private static Finding ExplainStatus(ScriptCase script, string status)
    {
        Finding finding = script.Error($"its Status is not a number from 200 to 999 and words: {Show($"Status: {status}")}");
        Match match = StatusCode().Match(status);
        if (!match.Success)
            return finding with { Advice = "write for example Status: 404 Not Found" };
        string right = $"{match.Groups["code"].Value} {match.Groups["reason"].Value}".TrimEnd();
        return finding with { Fix = script.RewriteOnlyLine(line => ReplaceOnce(line, status, right)), Advice = $"write Status: {right}" };
    }

    /// <summary>Moves output elsewhere, puts a header before it, or corrects a line that is almost a header.</summary>
    private static Finding Fix(ScriptCase script, Finding finding, string stray, bool hasHeader)
    {
        // Another header before it would show this one to visitors.
        if (AlmostHeader().IsMatch(stray))
            return ExplainAlmost(script, finding, stray);
        if (!hasHeader)
        {
            string type = stray.TrimStart().StartsWith('<') ? "text/html" : "text/plain";
            return finding with
            {
                Fix = script.Begin(script.Language?.WriteHeaderLine($"Content-Type: {type}"), script.Language?.WriteHeaderLine("")),
                Advice = $"write Content-Type: {type} and an empty line first",
            };
        }
        int line = FindStatement(script, stray);
        if (line == 0)
            return finding with { Advice = "look for what writes that, and let it write to standard error" };
        string? moved = script.Language?.MoveToStandardError(script.Lines[line - 1]);
        return finding with
        {
            Fix = moved is null ? null : LineEdit.Rewrite(script.Path, line, moved),
            Advice = moved is null ? $"let line {line} write to standard error: {script.Lines[line - 1].Trim()}" : null,
        };
    }

    private static Finding ExplainAlmost(ScriptCase script, Finding finding, string stray)
    {
        if (stray[0] == ByteOrderMark)
        {
            return script.Error($"its output begins with a byte order mark (BOM), before {Show(stray.TrimStart(ByteOrderMark))}") with
            {
                Fix = script.RewriteOnlyLine(line =>
                    line.Contains(ByteOrderMark) ? line.Replace($"{ByteOrderMark}", "", StringComparison.Ordinal) : null),
                Advice = "save the file that it comes from as UTF-8 without a BOM",
            };
        }
        string right = BlankBeforeColon().Replace(stray.TrimStart(), ":", 1);
        if (!IsHeader(right))
            return finding with { Advice = "if that is to be a header: write NAME: VALUE, with a name of letters, digits and -" };
        string where = char.IsWhiteSpace(stray[0]) ? "before the name" : "before the colon";
        return script.Error($"a header has a blank {where} (RFC 9112, section 5.1): {Show(stray)}") with
        {
            Fix = script.RewriteOnlyLine(line => ReplaceOnce(line, stray, right)),
            Advice = $"write {right}",
        };
    }

    /// <summary>The line with the text replaced; null if it does not hold the text once.</summary>
    private static string? ReplaceOnce(string line, string text, string replacement)
    {
        int at = line.IndexOf(text, StringComparison.Ordinal);
        return at >= 0 && line.LastIndexOf(text, StringComparison.Ordinal) == at ? $"{line[..at]}{replacement}{line[(at + text.Length)..]}"
            : null;
    }

    /// <summary>
    /// The only line of the source that has the text in it, or the beginning of the text if the rest of it is made at run time.
    /// </summary>
    private static int FindStatement(ScriptCase script, string text)
    {
        for (int length = text.Length; length >= 4; length = length > 12 ? length * 3 / 4 : length - 1)
        {
            string part = text[..length];
            int[] found = [.. Enumerable.Range(1, script.Lines.Count)
                .Where(line => script.Lines[line - 1].Contains(part, StringComparison.Ordinal))];
            if (found.Length > 0)
                return found.Length == 1 ? found[0] : 0;
        }
        return 0;
    }

    /// <summary>Lines without their ends, up to the last one that is not empty.</summary>
    private static string[] LinesOf(byte[] output)
    {
        string[] lines = [.. Encoding.UTF8.GetString(output).Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line)];
        return lines[..(Array.FindLastIndex(lines, line => line.Length > 0) + 1)];
    }

    private static bool IsHeader(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).IndexOfAnyExcept(
            "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") < 0;
    }

    private static string Show(string line) => line.Length > MaxShown ? $"\"{line[..MaxShown]}...\"" : $"\"{line}\"";

    [GeneratedRegex(@"^[\uFEFF\s]*[A-Za-z][A-Za-z0-9-]*\s*:(\s|$)")]
    private static partial Regex AlmostHeader();

    [GeneratedRegex(@"\s+:")]
    private static partial Regex BlankBeforeColon();

    [GeneratedRegex(@"(?<!\d)(?<code>[2-9]\d\d)(?!\d)[^A-Za-z]*(?<reason>[A-Za-z].*)?$")]
    private static partial Regex StatusCode();
}
