using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Scripts;
using Shims.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>The cause of a failed request.</summary>
/// <param name="Status">The status for the browser.</param>
/// <param name="Cause">The cause, with the fix if it is known.</param>
internal sealed record Diagnosis(int Status, string Cause)
{
    /// <summary>The largest error page of a shim, in bytes.</summary>
    internal const int LongestShimPage = 4096;

    /// <summary>Doctor's findings about the script.</summary>
    internal IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The script's output instead of a header; empty if there is none.</summary>
    internal string Output { get; init; } = "";

    /// <summary>The lines of source files that failed.</summary>
    internal IReadOnlyList<SourceProblem> Problems { get; init; } = [];

    /// <summary>The stack of an exception, or the whole output of the compiler; empty if there is none.</summary>
    internal string Rest { get; init; } = "";

    /// <summary>Standard error without the line that has the cause; null if no line has it.</summary>
    internal string? StandardError { get; init; }

    /// <summary>The compilation that failed: its page is loaded anew when the file has changed. Null for any other failure.</summary>
    internal AppBuild? Build { get; init; }

    /// <summary>The diagnosis of a compilation that failed.</summary>
    internal static Diagnosis OfBuild(AppBuild build)
    {
        string output = build.Output ?? "";
        IReadOnlyList<SourceProblem> problems = CompilerOutput.Errors(output);
        string cause = problems.Count > 0 ? $"{build.Source} does not compile"
            : $"{build.Source} cannot be built: {CompilerOutput.FirstError(output)}";
        return new Diagnosis(500, cause) { Problems = problems, Rest = output, Build = build };
    }

    /// <summary>Recognises the error page of a shim or a handler by the request id at its end. The log line with the same id has the
    /// cause.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="page">The whole body.</param>
    /// <param name="log">Standard error.</param>
    /// <returns>Null if it is another page.</returns>
    internal static Diagnosis? OfShimPage(int status, ReadOnlySpan<byte> page, string log)
    {
        if (GatewayPage.FindRequestId(page) is not { } requestId)
            return null;
        // scgi-run[4711]: 3f9a1c07: CAUSE; without the number in FCGI_STDERR. What the script wrote has the id too, and comes before it.
        string id = $": {requestId}: ";
        string[] lines = log.Split('\n');
        int last = Array.FindLastIndex(lines, line => line.Contains(id, StringComparison.Ordinal));
        if (last < 0)
            return null;
        IEnumerable<string> others = lines.Where((_, i) => i != last).Select(line => WithoutStart(line, id));
        return OfLogLine(status, WithoutStart(lines[last], id).TrimEnd()) with { StandardError = string.Join('\n', others) };
    }

    /// <summary>Recognises the page of an interpreter that says nothing: php-cgi's is empty, and wsgi-run's leads to the log.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="page">The whole body.</param>
    /// <param name="log">Standard error, which has the reason.</param>
    /// <param name="script">The path of the script.</param>
    /// <returns>Null if it is another page, or if there is no reason.</returns>
    internal static Diagnosis? OfInterpreterPage(int status, ReadOnlySpan<byte> page, string log, string script)
    {
        bool saysNothing = page.Trim(" \t\r\n"u8).IsEmpty || page.IndexOf("The log of the server says why."u8) >= 0;
        return !saysNothing || string.IsNullOrWhiteSpace(log) ? null
            : new Diagnosis(status, $"{script} failed: {StderrDiagnosis.Quote(log)}");
    }

    private static string WithoutStart(string line, string id) =>
        line.IndexOf(id, StringComparison.Ordinal) is >= 0 and var start ? line[(start + id.Length)..] : line;

    /// <summary>The diagnosis of a log line: CAUSE: FIX; stack: FRAME / FRAME; request: PATH, the stack only of an exception.</summary>
    private static Diagnosis OfLogLine(int status, string text)
    {
        const string before = "; stack: ";
        int end = text.IndexOf(before, StringComparison.Ordinal);
        if (end < 0)
            return new Diagnosis(status, text);
        string rest = text[(end + before.Length)..];
        int request = rest.LastIndexOf("; request: ", StringComparison.Ordinal);
        string stack = (request < 0 ? rest : rest[..request]).Replace(" / ", "\n", StringComparison.Ordinal);
        return new Diagnosis(status, text[..end])
        {
            Problems = SourceFrame.FindFirst(stack) is { } frame
                ? [new SourceProblem($"in {frame.Method}", frame.File, frame.Line, 0)] : [],
            Rest = stack,
        };
    }

    /// <summary>The diagnosis of a response that a web server refuses.</summary>
    /// <param name="response">Read as far as its header.</param>
    /// <param name="script">The path of the script.</param>
    /// <param name="exit">The end of the program in words; null if it still runs.</param>
    internal static Diagnosis OfResponse(GatewayResponse response, string script, string? exit)
    {
        string cause = response switch
        {
            { Head: not null, Fault: { } fault } => $"{script}: {fault}",
            { Unfinished.Length: > 0, Fault: { } fault } => $"{script}: {fault}",
            // The form of a header is explained only for a script that has not failed.
            _ when exit is not (null or "exit status 0") =>
                $"{script} failed ({exit}) without writing a page: see what it wrote to standard error",
            _ => $"{script} ended without writing anything{(exit is null ? "" : $" ({exit})")}: its first output must be a header, such " +
                "as Content-Type: text/plain, and an empty line",
        };
        byte[] output = response.Head?.Raw ?? response.Unfinished;
        var preview = new Preview(RequestRecord.ErrorCapacity);
        preview.Add(output);
        return new Diagnosis(502, cause) { Output = preview.ToText(out _) };
    }
}
