using Shims.Control.Client;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>Why a request failed.</summary>
/// <param name="Status">What the browser is told.</param>
/// <param name="Cause">What happened, and what to do where that is known.</param>
internal sealed record Diagnosis(int Status, string Cause)
{
    /// <summary>What a shim's error page may have: a few words.</summary>
    internal const int LongestShimPage = 4096;

    /// <summary>What doctor says about the script.</summary>
    internal IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What came where a header should have come; empty if nothing did.</summary>
    internal string Output { get; init; } = "";

    /// <summary>Recognises the page that a shim, or a handler, answers with when it fails: the id at its end stands in the log line too, which says why.</summary>
    /// <param name="status">Of the answer.</param>
    /// <param name="page">The whole of it.</param>
    /// <param name="log">What came on standard error.</param>
    /// <returns>Null if it is something else.</returns>
    internal static Diagnosis? OfShimPage(int status, ReadOnlySpan<byte> page, string log)
    {
        if (GatewayPage.FindRequestId(page) is not { } requestId)
            return null;
        // scgi-run[4711]: 3f9a1c07: what happened; without the number where it came as FCGI_STDERR.
        string id = $": {requestId}: ";
        foreach (string line in log.Split('\n'))
        {
            int start = line.IndexOf(id, StringComparison.Ordinal);
            if (start >= 0)
                return new Diagnosis(status, line[(start + id.Length)..].TrimEnd());
        }
        return null;
    }

    /// <summary>What to say of an answer that a web server would not take.</summary>
    /// <param name="response">Read as far as its header.</param>
    /// <param name="script">Its path.</param>
    /// <param name="exit">How the program ended, in words; null if it still runs.</param>
    internal static Diagnosis OfResponse(GatewayResponse response, string script, string? exit)
    {
        string cause = response switch
        {
            { Head: not null, Fault: { } fault } => $"{script}: {fault}",
            { Unfinished.Length: > 0, Fault: { } fault } => $"{script}: {fault}",
            // What a header looks like is news only to a script that has ended well.
            _ when exit is not (null or "exit status 0") => $"{script} failed ({exit}) without writing a page: see what it wrote to standard error",
            _ => $"{script} ended without writing anything{(exit is null ? "" : $" ({exit})")}: its first output must be a header, such as Content-Type: text/plain, and an empty line",
        };
        byte[] output = response.Head?.Raw ?? response.Unfinished;
        var preview = new Preview(RequestRecord.ResponseCapacity);
        preview.Add(output);
        return new Diagnosis(502, cause) { Output = preview.ToText(out _) };
    }
}
