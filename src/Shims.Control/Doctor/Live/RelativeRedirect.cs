using Shims.Control.Client;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>A Location that each web server understands in its own way.</summary>
/// <remarks>RFC 3875 section 6.2.2: a path without Status is run inside the web server, and the browser does not learn of it. Apache does
/// that, nginx sends 302, Caddy 200.</remarks>
internal static class RelativeRedirect
{
    private static readonly string[] s_output = ["echo", "printf", "print", "puts", "say", "console.log", "header("];

    internal static Finding? Check(ScriptCase script, GatewayResponseHead head)
    {
        if (head.Find("Location") is not { } location || head.Find("Status") is not null || !location.StartsWith('/'))
            return null;
        return script.Warning("it redirects to a path without a Status: some web servers run that path themselves, show it under the "
            + "old address, and may repeat a POST")
            with
        {
            Fix = FindCure(script),
            Advice = "let it write the line Status: 302 Found (after a POST better: Status: 303 See Other) before Location, or start it "
                + "with scgi-run --status, which adds that",
        };
    }

    private static LineEdit? FindCure(ScriptCase script)
    {
        int[] lines = [.. Enumerable.Range(1, script.Lines.Count).Where(line => WritesLocation(script.Lines[line - 1]))];
        if (lines.Length != 1 || script.Language?.WriteHeaderLine("Status: 302 Found") is not { } statement)
            return null;
        string source = script.Lines[lines[0] - 1];
        string indentation = source[..(source.Length - source.TrimStart().Length)];
        return LineEdit.InsertBefore(script.Path, lines[0], indentation + statement);
    }

    private static bool WritesLocation(string line) =>
        line.Contains("Location:", StringComparison.OrdinalIgnoreCase)
            && s_output.Any(word => line.TrimStart().StartsWith(word, StringComparison.Ordinal));
}
