using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Scripts;

/// <summary>The verdict on a relayed script whose response has ended, well or not.</summary>
internal readonly struct ScriptVerdict(Exchange exchange, string script, ScriptPipes pipes)
{
    private const string SendNoChunks = "configure the script not to send Transfer-Encoding: the web server does that (RFC 3875, section 6.3.4)";
    private const string WriteAHeader = "its first output must be a header, such as Content-Type: text/plain, and an empty line";

    /// <summary>Its body is lost.</summary>
    internal Fault LostBody => BodySpool.Lost(script);

    /// <summary>The fault of output that is not a response.</summary>
    internal Fault Malformed => new(502, $"{script} gave no valid response: {pipes.Output.Fault}", pipes.Output.IsDecoded ? SendNoChunks : WriteAHeader);

    /// <summary>The fault of a body that has not ended: with a Content-Length too, which Apache replaces by chunks that would make it look whole.</summary>
    internal Fault CutShort => pipes.Output.IsDecoded
        ? new(502, $"{script} ended in the middle of its chunked body", SendNoChunks)
        : new(502, $"{script} wrote fewer bytes than the {pipes.Output.ContentLength} of its Content-Length", "count bytes, not characters, and see whether it ended half-way");

    /// <summary>The fault of a script that has ended without a header. One that has failed by itself is quoted; only one that has ended well is told what a header looks like.</summary>
    internal Fault NoResponse(int exitCode)
    {
        if (ScriptDiagnosis.ExplainEnd(exchange.Plan, exitCode) is { } unstarted)
            return unstarted;
        ReadOnlySpan<byte> firstLine = pipes.Output.FirstLine;
        if (exitCode != 0 && pipes.Errors.LastLines is { } words)
            return new Fault(502, $"{script} failed (exit status {exitCode}): {words}", $"shimctl doctor {script}");
        if (firstLine.IsEmpty)
            return new Fault(502, $"{script} ended without writing anything (exit status {exitCode})", exitCode != 0 ? $"shimctl doctor {script}" : WriteAHeader);
        return firstLine.Contains((byte)':')
            ? new Fault(502, $"{script} ended before the end of its header (exit status {exitCode})", "write an empty line after the header")
            : new Fault(502, $"{script} gave no valid response: {ResponseHead.NotAHeaderLine(firstLine)}", WriteAHeader);
    }

    /// <summary>Adds what the script has said itself, unless the fault says it already.</summary>
    internal Fault WithLastLines(Fault fault) =>
        pipes.Errors.LastLines is { } words && !fault.Cause.EndsWith(words, StringComparison.Ordinal) ? fault with { Said = words } : fault;

    /// <summary>Tells the log of what is odd about a response that is complete.</summary>
    /// <param name="process">The script, which may not have ended.</param>
    internal void TellOddities(ScriptProcess process)
    {
        pipes.Output.LookForSurplus();
        if (pipes.Output.HasSurplus)
            Tell($"{script} wrote more than the {pipes.Output.ContentLength} bytes of its Content-Length, and the rest was cut off: count bytes, not characters");
        if (pipes.Output.IsDecoded)
            Tell($"{script} sent Transfer-Encoding: chunked, and its chunks were decoded: configure it not to (RFC 3875, section 6.3.4)");
        if (process.ExitCode != 0)
            process.TellOfExitCode(exchange, script);
    }

    private void Tell(string line) => Log.WriteLine(exchange.RequestId, line);
}
