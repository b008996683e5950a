using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Marks requests whose script failed after it had begun its response, so that the page looks complete.</summary>
internal static class BadEnd
{
    /// <summary>The number of characters of a script's last line that are quoted.</summary>
    private const int LongestLastWords = 300;

    /// <summary>Marks a request, if its script did not end well.</summary>
    /// <param name="noted">The request, whose response is complete.</param>
    /// <param name="end">The end of the program that was started.</param>
    /// <param name="isScripts">Whether that is the script's end: over SCGI the program becomes the script, over FastCGI it tells the
    /// script's exit status.</param>
    internal static void Note(RequestRecord noted, ExitStatus end, bool isScripts)
    {
        if (isScripts && end.Code != 0 && !noted.IsRefused)
            noted.BadEnd = end;
        if (noted.BadEnd is not { } bad)
            return;
        noted.Exit = Describe(bad);
        string last = LastWords(noted);
        noted.Trouble ??= $"{noted.Script} {(bad.Signal == 0 ? "ended with" : "was")} {Describe(bad)}, so its response may be incomplete"
            + (last.Length == 0 ? "" : $": {last[..Math.Min(last.Length, LongestLastWords)]}");
    }

    internal static string Describe(ExitStatus status) =>
        status.Signal == 0 ? $"exit status {status.Code}" : $"killed by signal {status.Signal}";

    /// <summary>The last line of standard error that is not the gateway's; empty if there is none.</summary>
    private static string LastWords(RequestRecord noted)
    {
        string gateway = noted.Command.Count == 0 ? "" : Path.GetFileName(noted.Command[0]);
        return noted.StandardError.ToText(out bool isText).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(line => isText && !line.StartsWith($"{gateway}: ", StringComparison.Ordinal)
                && !line.Contains($"{gateway}[", StringComparison.Ordinal)) ?? "";
    }
}
