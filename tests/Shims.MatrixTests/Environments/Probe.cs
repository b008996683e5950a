namespace Shims.MatrixTests.Environments;

/// <summary>A request that is sent through every web server to see what becomes of it.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">What stands in the request line; each character is one byte.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record Probe(string Method, string Target, params IReadOnlyList<string> Headers)
{
    private const string Script = "/cgi-bin/noted.cgi";

    /// <summary>What the body is, if there is one.</summary>
    internal string? Body { get; private init; }

    /// <summary>Whether the body is sent without its length.</summary>
    internal bool IsChunked { get; private init; }

    internal static IReadOnlyList<Probe> All { get; } =
    [
        new("GET", Script),
        new("GET", Script + "?a=%20b+c&d=%2f&%41=%C3%A9&&=%zz;[]~'()*!@:/?"),
        new("GET", Script + "/a%20b/%C3%A9%E2%82%AC/c%2Fd/~x;y=1,2+3@z?q"),
        new("GET", Script + "/"),
        new("GET", Script + "/100%25/noted.cgi/x"),
        new("HEAD", Script),
        new("POST", Script, "Content-Type: text/x-probe") { Body = "12345" },
        new("POST", Script) { Body = "" },
        new("POST", Script, "Content-Type: text/x-probe") { Body = "12345", IsChunked = true },
        new("PUT", Script + "/item", "Content-Type: text/x-probe", "Expect: 100-continue") { Body = "12345" },
        new("GET", Script, "User-Agent: Probe/1.0", "Accept: text/html", "Accept-Language: de", "Referer: http://localhost/", "Range: bytes=0-9",
            "If-None-Match: \"x\"", "X-Twice: 1", "X-Twice: 2", "X-Empty:", "Cookie: a=b; c=d", "Keep-Alive: 5"),
        new("GET", Script, "Proxy: http://evil.test/", "Authorization: Basic bTptbQ=="),
    ];

    /// <summary>Sends it.</summary>
    internal async Task<ScriptReply> SendAsync(Browser browser)
    {
        string framing = Body is null ? "" : IsChunked ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {Body.Length}\r\n";
        string body = Body is null ? "" : IsChunked ? $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n" : Body;
        string head = $"{Method} {Target} HTTP/1.1\r\nHost: localhost:{browser.Port}\r\nConnection: close\r\n{string.Concat(Headers.Select(header => header + "\r\n"))}{framing}\r\n";
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{browser.Port}");
        // All of it at once: what lighttpd says to a body without a length depends on whether it is there already.
        await connection.SendAsync(System.Text.Encoding.Latin1.GetBytes(head + body));
        Received received = await connection.ReceiveToEndAsync();
        return ScriptReply.ParseHttp(WithoutContinue(received.Bytes), isHead: Method == "HEAD");
    }

    public override string ToString() => $"{Method} {Target}{(IsChunked ? ", chunked" : "")}";

    private static ReadOnlySpan<byte> WithoutContinue(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> end = "\r\n\r\n"u8;
        return bytes.StartsWith("HTTP/1.1 100"u8) ? bytes[(bytes.IndexOf(end) + end.Length)..] : bytes;
    }
}
