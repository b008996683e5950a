using System.Text;
using Shims.Control.Client;
using Shims.Control.Processes;

namespace Shims.Control.Serve;

/// <summary>Writes a request as a command, for a shell and a colleague.</summary>
/// <param name="site">What is served.</param>
/// <param name="address">Where: HOST:PORT, once that is known.</param>
internal sealed class RecordedCommands(Site site, Func<string> address)
{
    /// <summary>The same request to this server.</summary>
    internal string Curl(RequestRecord record)
    {
        // With -X HEAD curl would wait for a body.
        List<string> words = ["curl", "-i", .. MethodAndHeaders(record, record.RequestHeaders, record.Method == "HEAD" ? ["--head"] : ["-X", record.Method])];
        return WithBody(record, words, text => ["--data-raw", text], ["--data-binary", "@-"], $"http://{address()}{record.Target}");
    }

    /// <summary>The same request to the program itself, which needs no server.</summary>
    internal string ShimctlRequest(RequestRecord record)
    {
        if (record.Script is not { } script)
            return "";
        ProgramLaunch launch = site.LaunchFor(script, null);
        List<string> words = ["shimctl", "request", "-i", "--to", $"exec:{ShellWords.Join([launch.Path, .. launch.Arguments])}"];
        words.AddRange(["--" + site.Protocol.Word, "--script-filename", script]);
        foreach (string name in (string[])["SCRIPT_NAME", "PATH_INFO", "DOCUMENT_ROOT"])
        {
            if (record.Variables.FirstOrDefault(variable => variable.NameText == name) is { } variable)
                words.AddRange(["--param", $"{name}={variable.ValueText}"]);
        }
        words.AddRange(MethodAndHeaders(record, record.RequestHeaders.Where(header => !TestRequest.IsDropped(header.Name)), ["-X", record.Method]));
        return WithBody(record, words, text => text.StartsWith('@') || text == "-" ? null : ["-d", text], ["-d", "-"], $"http://{address()}{record.Target}");
    }

    /// <summary>What both programs take in the same words; each would add a type of its own to a body without one.</summary>
    private List<string> MethodAndHeaders(RequestRecord record, IEnumerable<(string Name, string Value)> headers, string[] method)
    {
        bool hasBody = record.RequestBody.Length > 0;
        List<string> words = record.Method == (hasBody ? "POST" : "GET") ? [] : [.. method];
        foreach ((string name, string value) in headers.Where(header => IsOfTheRequest(header.Name) && !IsHost(header)))
            words.AddRange(["-H", $"{name}: {value}"]);
        if (hasBody && !record.RequestHeaders.Any(header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
            words.AddRange(["-H", "Content-Type:"]);
        return words;
    }

    private static string WithBody(RequestRecord record, List<string> words, Func<string, string[]?> inline, string[] fromInput, string url)
    {
        Preview body = record.RequestBody;
        string input = "";
        if (body.Length > 0)
        {
            string text = body.ToText(out bool isText);
            string[]? argument = body.IsWhole && isText ? inline(text) : null;
            words.AddRange(argument ?? fromInput);
            input = argument is not null ? "" : body.IsWhole ? $"printf '{Octal(body.Bytes)}' | " : $"# The body had {body.Length} bytes, and is not kept: put it into the file \"body\".\n<body ";
        }
        words.Add(url);
        return input + ShellWords.Join(words);
    }

    /// <summary>Any bytes, as every shell's printf writes them.</summary>
    private static string Octal(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(4 * bytes.Length);
        foreach (byte next in bytes)
            text.Append(next is >= 0x20 and < 0x7f and not ((byte)'%' or (byte)'\\' or (byte)'\'') ? ((char)next).ToString() : $"\\{Convert.ToString(next, 8).PadLeft(3, '0')}");
        return text.ToString();
    }

    /// <summary>What the sender makes anew is left out.</summary>
    private static bool IsOfTheRequest(string name) => name.ToUpperInvariant() is not ("CONTENT-LENGTH" or "CONNECTION" or "TRANSFER-ENCODING" or "ACCEPT-ENCODING" or "EXPECT");

    private bool IsHost((string Name, string Value) header) => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase) && header.Value == address();
}
