using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.Tests.Cgi;

/// <summary>A request as a real web server sent it, from RecordedRequests.txt.</summary>
internal static partial class RecordedRequest
{
    /// <summary>The name of the first request: an awkward path, an awkward query.</summary>
    internal const string Awkward = "awkward";

    private static readonly Dictionary<(string Server, string Request), List<string>> s_lines = Read();

    internal static IEnumerable<(string Server, string Request)> All => s_lines.Keys;

    /// <summary>The request's variables.</summary>
    /// <param name="server">The configuration.</param>
    /// <param name="request">awkward, plain, post, chunked, head or range.</param>
    /// <param name="top">The folder that stands for TOP.</param>
    internal static RequestBlock Of(string server, string request, string top)
    {
        var block = new RequestBlock();
        foreach (string line in s_lines[(server, Awkward)])
            block.Add(NameOf(line), ValueOf(line, top));
        if (request == Awkward)
            return block;
        foreach (string line in s_lines[(server, request)])
        {
            if (line.StartsWith('!'))
                block.Remove(line[1..]);
            else
                block.Set(NameOf(line), ValueOf(line, top));
        }
        return block;
    }

    private static string NameOf(string line) => line[..line.IndexOf('=', StringComparison.Ordinal)];

    private static string ValueOf(string line, string top)
    {
        string value = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
        value = EscapedByte().Replace(value, match => ((char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        return value.Replace("/TOP/", top + "/", StringComparison.Ordinal).Replace("TOP/", top + "/", StringComparison.Ordinal)
            .Replace("BACKEND", "9000", StringComparison.Ordinal).Replace("PORT", "8080", StringComparison.Ordinal);
    }

    private static Dictionary<(string, string), List<string>> Read()
    {
        using Stream stream = typeof(RecordedRequest).Assembly.GetManifestResourceStream("RecordedRequests.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<(string, string), List<string>>();
        string server = "";
        List<string> current = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("= ", StringComparison.Ordinal))
                lines[(server = line[2..], Awkward)] = current = [];
            else if (line.StartsWith("- ", StringComparison.Ordinal))
                lines[(server, line[2..])] = current = [];
            else if (line.Length > 0 && line[0] != '#')
                current.Add(line);
        }
        return lines;
    }

    [GeneratedRegex(@"\\x([0-9A-F]{2})")]
    private static partial Regex EscapedByte();
}
