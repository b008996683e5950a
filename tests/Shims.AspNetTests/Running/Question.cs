using System.Text;

namespace Shims.AspNetTests;

/// <summary>What a client asks, of Kestrel and of the shim.</summary>
/// <param name="Name">What it is about, for the test's name.</param>
/// <param name="Target">The request target; each character is a byte.</param>
internal sealed record Question(string Name, string Target)
{
    public string Method { get; init; } = "GET";

    public string[] Headers { get; init; } = [];

    public byte[]? Body { get; init; }

    /// <summary>The suites whose tests ask the same. See conformance.md.</summary>
    internal async Task<Answer> AskAsync(Browser browser)
    {
        ScriptReply reply = await browser.SendAsync(Method, Target, Headers, Body);
        // The port is that of the site that was asked.
        string port = $":{browser.Port}";
        IEnumerable<string> headers = reply.Headers.Where(static header => header.Key is not ("Date" or "Server"))
            .Select(header => $"{header.Key}: {header.Value.Replace(port, ":PORT", StringComparison.Ordinal)}").Order(StringComparer.Ordinal);
        string body = reply.BodyBytes.Length <= 4000 ? Encoding.Latin1.GetString(reply.BodyBytes).Replace(port, ":PORT", StringComparison.Ordinal) : $"{reply.BodyBytes.Length} bytes, {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(reply.BodyBytes))}";
        return reply.IsComplete
            ? new Answer($"{reply.Status} {reply.Reason}", string.Join('\n', headers), body)
            : new Answer($"{reply.Status}", "", "broke off");
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(string Status, string Headers, string Body);
