using System.Text;

namespace Shims.Testing;

/// <summary>What came back for a request, and how it ended.</summary>
/// <param name="Bytes">Everything that was answered: of FastCGI the contents of the STDOUT records.</param>
/// <param name="BrokeOff">The answer looks broken: the connection was reset, or the CGI program was ended by a signal. A web server would tell the browser that this is not all of it.</param>
public sealed record Response(byte[] Bytes, bool BrokeOff)
{
    /// <summary>What the script and the shim wrote to their standard error, where the super-server would log it.</summary>
    public string Log { get; init; } = "";

    /// <summary>The program's exit code, -1 if a signal ended it; null where it goes on after the answer.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The reply in its records, if it came by FastCGI.</summary>
    public FastCgiReply? Records { get; init; }

    /// <summary>The answer as header block and body.</summary>
    /// <exception cref="InvalidDataException">It is not well formed.</exception>
    public ScriptReply Reply => ScriptReply.Parse(Bytes);

    public int Status => Reply.Status;

    public string Body => Reply.Body;

    public string? Header(string name) => Reply.Header(name);

    /// <summary>The lines of a body of NAME=VALUE.</summary>
    public ILookup<string, string> Lines => Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(line => line.Split('=', 2)[0], line => line.Split('=', 2)[^1]);

    /// <summary>The lines that the shim itself has logged.</summary>
    public IReadOnlyList<string> LogLines =>
        [.. Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("scgi-run[", StringComparison.Ordinal) || line.StartsWith("fcgi-run[", StringComparison.Ordinal) || line.StartsWith("uwsgi-run[", StringComparison.Ordinal))];

    /// <summary>All of it, for the message of a failed assertion.</summary>
    public override string ToString() =>
        $"""
        {Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 2000)))}
        [{Bytes.Length} bytes, exit {ExitCode}, {(BrokeOff ? "broke off" : "not broken")}{(Records is { IsComplete: true } ? ", END_REQUEST" : "")}]
        [log] {Log}
        [FCGI_STDERR] {Records?.Error}
        """;
}
