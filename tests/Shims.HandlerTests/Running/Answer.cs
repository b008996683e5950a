using System.Text;
using Shims.Testing;

namespace Shims.HandlerTests;

/// <summary>What came back for a request, and how it ended.</summary>
/// <param name="Bytes">Everything that was answered: of FastCGI the contents of the STDOUT records.</param>
/// <param name="BrokeOff">The answer looks broken: the connection was reset, or the CGI program was ended by a signal.</param>
internal sealed record Answer(byte[] Bytes, bool BrokeOff)
{
    /// <summary>Everything that went to the log or, by FastCGI, to the web server's log.</summary>
    public string Log { get; init; } = "";

    /// <summary>The program's exit code, -1 if a signal ended it; null where it goes on after the answer.</summary>
    public int? ExitCode { get; init; }

    public FastCgiReply? Records { get; init; }

    public ScriptReply Reply => ScriptReply.Parse(Bytes);

    public int Status => Reply.Status;

    public string Body => Reply.Body;

    public string? Header(string name) => Reply.Header(name);

    /// <summary>The lines of a body of NAME=VALUE.</summary>
    public ILookup<string, string> Lines => Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(line => line.Split('=', 2)[0], line => line.Split('=', 2)[^1]);

    public override string ToString() =>
        $"""
        {Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 2000)))}
        [{Bytes.Length} bytes, exit {ExitCode}, {(BrokeOff ? "broke off" : "not broken")}]
        [log] {Log}
        """;
}
