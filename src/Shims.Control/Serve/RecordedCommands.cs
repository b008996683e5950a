using System.Text;
using Shims.Control.Client;
using Shims.Control.Processes;

namespace Shims.Control.Serve;

/// <summary>Formats a recorded request as a shell command.</summary>
/// <param name="site">The scripts that are served.</param>
/// <param name="address">HOST:PORT of this server, once it is known.</param>
internal sealed class RecordedCommands(Site site, Func<string> address)
{
    /// <summary>A curl command that sends the request to this server.</summary>
    internal string Curl(RequestRecord record)
    {
        // With -X HEAD curl waits for a body.
        List<string> words = ["curl", "-i",
            .. MethodAndHeaders(record, record.RequestHeaders, record.Method == "HEAD" ? ["--head"] : ["-X", record.Method])];
        return WithBody(record, words, text => ["--data-raw", text], ["--data-binary", "@-"], $"http://{address()}{record.Target}");
    }

    /// <summary>A shimctl request command that starts the program itself, without this server.</summary>
    internal string ShimctlRequest(RequestRecord record)
    {
        // The script of a capsule is one of another machine.
        if (record.Script is not { } script || record.Origin.Capsule is not null)
            return "";
        ProgramLaunch launch = site.LaunchFor(script, null);
        List<string> words = ["shimctl", "request", "-i", "--to", $"exec:{ShellWords.Join([.. Environment(launch), launch.Path, .. launch.Arguments])}",
            ProtocolOption.NameOf(site.Protocol)];
        if (!site.NamesUrlOnly)
            words.AddRange(["--script-filename", script]);
        foreach (string name in site.NamesUrlOnly ? Array.Empty<string>() : ["SCRIPT_NAME", "PATH_INFO", "DOCUMENT_ROOT"])
        {
            if (record.Variables.FirstOrDefault(variable => variable.NameText == name) is { } variable)
                words.AddRange(["--param", $"{name}={variable.ValueText}"]);
        }
        words.AddRange(MethodAndHeaders(record, record.RequestHeaders.Where(header => !TestRequest.IsDropped(header.Name)),
            ["-X", record.Method]));
        string url = $"http://{address()}{record.Target}";
        return WithBody(record, words, text => text.StartsWith('@') || text == "-" ? null : ["-d", text], ["-d", "-"], url);
    }

    /// <summary>Words that give a program its environment, if it needs one.</summary>
    private static string[] Environment(ProgramLaunch launch) => launch.Environment.Count == 0 ? [] : ["/usr/bin/env", .. launch.Environment];

    /// <summary>The options that curl and shimctl request share. Both add a default Content-Type to a body without one, which is
    /// removed.</summary>
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
            input = argument is not null ? "" : body.IsWhole ? $"printf '{Octal(body.Bytes)}' | "
                : $"# The body of {body.Length} bytes was too long to be kept: write it into the file \"body\".\n<body ";
        }
        words.Add(url);
        return input + ShellWords.Join(words);
    }

    /// <summary>A format for every shell's printf that writes these bytes.</summary>
    private static string Octal(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(4 * bytes.Length);
        foreach (byte next in bytes)
        {
            bool isPlain = next is >= 0x20 and < 0x7f and not ((byte)'%' or (byte)'\\' or (byte)'\'');
            text.Append(isPlain ? ((char)next).ToString() : $"\\{Convert.ToString(next, 8).PadLeft(3, '0')}");
        }
        return text.ToString();
    }

    /// <summary>Whether a header belongs to the request, and is not set by the client for each connection.</summary>
    private static bool IsOfTheRequest(string name) =>
        name.ToUpperInvariant() is not ("CONTENT-LENGTH" or "CONNECTION" or "TRANSFER-ENCODING" or "ACCEPT-ENCODING" or "EXPECT");

    private bool IsHost((string Name, string Value) header) =>
        header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase) && header.Value == address();
}
