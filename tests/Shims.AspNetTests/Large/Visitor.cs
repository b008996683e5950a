using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Shims.AspNetTests.Large;

/// <summary>A visitor who keeps cookies and form tokens, and writes down each answer in a form that is the same for all sites.</summary>
/// <param name="browser">The site.</param>
internal sealed partial class Visitor(Browser browser)
{
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly Dictionary<string, string> _cookies = [];
    private readonly List<string> _secrets = [];
    private Browser _browser = browser;
    private string _token = "", _tag = "", _last = "";

    /// <summary>The same visitor at another site of the same host, whose cookies it has.</summary>
    internal Visitor At(Browser site)
    {
        _browser = site;
        return this;
    }

    /// <summary>All answers, one after the other.</summary>
    internal async Task<string> MakeAsync(Visit visit)
    {
        var text = new StringBuilder();
        foreach (Step step in visit.Steps)
        {
            ScriptReply reply = await SendAsync(step);
            string answer = Write(reply);
            Check(step, reply, answer);
            _last = Decompress(reply);
            text.Append("== ").Append(step.Target).Append('\n').Append(answer).Append('\n');
        }
        return text.ToString();
    }

    private async Task<ScriptReply> SendAsync(Step step)
    {
        string[] words = step.Target.Split(' ', 2);
        List<string> headers = [.. step.Headers.Select(Fill)];
        if (_cookies.Count > 0)
            headers.Add($"Cookie: {string.Join("; ", _cookies.Select(static cookie => $"{cookie.Key}={cookie.Value}"))}");
        byte[]? body = step.Bytes is { } bytes ? Encoding.Latin1.GetBytes(Fill(Encoding.Latin1.GetString(bytes))) : null;
        if (step.Form is { } form)
        {
            headers.Add("Content-Type: application/x-www-form-urlencoded");
            body = Encoding.ASCII.GetBytes(Fill(form));
        }
        ScriptReply reply = await _browser.SendAsync(words[0], Fill(words[1]), headers, body);
        foreach (string cookie in reply.HeaderValues("Set-Cookie"))
        {
            string[] pair = cookie.Split(';')[0].Split('=', 2);
            if (pair[1].Length > 0)
                _cookies[pair[0]] = pair[1];
            else
                _cookies.Remove(pair[0]);
        }
        if (Token().Match(reply.Body) is { Success: true } token)
            _token = token.Groups[1].Value;
        _tag = reply.Header("ETag") ?? _tag;
        return reply;
    }

    /// <summary>The text with what only the visitor knows: a name of its own, the form's token, the tag of a file, the last answer's body, the site's port.</summary>
    private string Fill(string text) => text.Replace("{id}", _id, StringComparison.Ordinal).Replace("{token}", Uri.EscapeDataString(_token), StringComparison.Ordinal)
        .Replace("{tag}", _tag, StringComparison.Ordinal).Replace("{last}", _last, StringComparison.Ordinal).Replace("{port}", $"{_browser.Port}", StringComparison.Ordinal);

    private void Check(Step step, ScriptReply reply, string answer)
    {
        Assert.True(reply.IsComplete, $"{step.Target} broke off: {answer}");
        Assert.True(reply.Status == step.Status, $"{step.Target} is {reply.Status}, and not {step.Status}: {answer}");
        if (step.Body is { } body)
            Assert.Equal(Fill(body), Decompress(reply));
        string whole = Plain(reply);
        Assert.All(step.Has, part => Assert.True(whole.Contains(Fill(part), StringComparison.Ordinal), $"{step.Target} lacks {Fill(part)}: {whole}"));
    }

    private static string Plain(ScriptReply reply)
    {
        IEnumerable<string> headers = reply.Headers.Where(static header => header.Key is not ("Date" or "Server")).Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal);
        return $"{reply.Status} {reply.Reason}\n{string.Join('\n', headers)}\n\n{Decompress(reply)}";
    }

    /// <summary>The answer with numbers for what is made at random: the same number for the same secret.</summary>
    private string Write(ScriptReply reply)
    {
        string text = Plain(reply).Replace($":{_browser.Port}", ":PORT", StringComparison.Ordinal);
        text = Age().Replace(text, "Age: SECONDS");
        return Secret().Replace(text, secret => $"#{NumberOf(secret.Value)}");
    }

    private int NumberOf(string secret)
    {
        if (!_secrets.Contains(secret))
            _secrets.Add(secret);
        return _secrets.IndexOf(secret) + 1;
    }

    private static string Decompress(ScriptReply reply)
    {
        if (reply.Header("Content-Encoding") is not ("gzip" or "br") || reply.BodyBytes.Length == 0)
            return reply.Body;
        using var compressed = new MemoryStream(reply.BodyBytes);
        using Stream stream = reply.Header("Content-Encoding") == "br" ? new BrotliStream(compressed, CompressionMode.Decompress) : new GZipStream(compressed, CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>What data protection has encrypted, a GUID, or the identifier of a trace.</summary>
    [GeneratedRegex(@"CfDJ8[\w%+/=-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")]
    private static partial Regex Secret();

    [GeneratedRegex("name=\"__RequestVerificationToken\"(?: type=\"hidden\")? value=\"([^\"]+)")]
    private static partial Regex Token();

    [GeneratedRegex(@"Age: \d+")]
    private static partial Regex Age();
}
