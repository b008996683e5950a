using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>A reply to a request, from a web server (HTTP) or from a gateway (CGI): status, headers, body.</summary>
public sealed class ScriptReply
{
    private ScriptReply(int status, string reason, IReadOnlyList<KeyValuePair<string, string>> headers, byte[] bodyBytes) =>
        (Status, Reason, Headers, BodyBytes) = (status, reason, headers, bodyBytes);

    /// <summary>The status code; 200 where a CGI reply has no Status line.</summary>
    public int Status { get; }

    public string Reason { get; }

    /// <summary>All headers in order; their bytes as Latin-1. A CGI reply's Status line is among them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    public byte[] BodyBytes { get; }

    /// <summary>The body as UTF-8.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes);

    /// <summary>False if the connection broke off before the body was complete, as far as its framing says.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>What env.cgi printed: one NAME=VALUE per line, as UTF-8.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        EnvironmentBytes.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(pair.Value));

    /// <summary>The same with values as bytes. A line that is no NAME=VALUE continues the value before it.</summary>
    public IReadOnlyDictionary<string, byte[]> EnvironmentBytes
    {
        get
        {
            var variables = new Dictionary<string, byte[]>();
            string last = "";
            string text = Encoding.Latin1.GetString(BodyBytes);
            foreach (string line in text.TrimEnd('\n').Split('\n'))
            {
                int equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && line.AsSpan(0, equals).IndexOfAnyExcept(s_nameCharacters) < 0)
                    variables[last = line[..equals]] = Encoding.Latin1.GetBytes(line[(equals + 1)..]);
                else if (last.Length > 0)
                    variables[last] = [.. variables[last], (byte)'\n', .. Encoding.Latin1.GetBytes(line)];
            }
            return variables;
        }
    }

    private static readonly System.Buffers.SearchValues<char> s_nameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The value of a header that appears once; null if it does not appear.</summary>
    public string? Header(string name) => Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();

    /// <summary>The values of a header that may appear several times.</summary>
    public IReadOnlyList<string> HeaderValues(string name) =>
        [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    /// <summary>Parses a CGI reply: header lines (ending in LF or CR LF), an empty line, the body.</summary>
    /// <exception cref="InvalidDataException">There is no header block: the reply is not well formed.</exception>
    public static ScriptReply Parse(ReadOnlySpan<byte> bytes)
    {
        List<string> lines = TakeHead(ref bytes);
        List<KeyValuePair<string, string>> headers = ParseHeaders(lines);
        string status = headers.Find(header => header.Key.Equals("Status", StringComparison.OrdinalIgnoreCase)).Value ?? "200 OK";
        return new ScriptReply(ParseStatus(status), status.Length > 4 ? status[4..] : "", headers, bytes.ToArray());
    }

    /// <summary>Parses an HTTP/1.x response whose connection has ended: status line, headers, body (also chunked).</summary>
    /// <exception cref="InvalidDataException">The bytes are no HTTP response.</exception>
    public static ScriptReply ParseHttp(ReadOnlySpan<byte> bytes, bool isHead = false)
    {
        List<string> lines = TakeHead(ref bytes);
        if (lines.Count == 0 || !lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal))
            throw new InvalidDataException($"no HTTP status line: {lines.FirstOrDefault()}");
        List<KeyValuePair<string, string>> headers = ParseHeaders(lines[1..]);
        string status = lines[0][9..];

        var untilClosed = new ScriptReply(ParseStatus(status), status.Length > 4 ? status[4..] : "", headers, bytes.ToArray());
        if (untilClosed.Header("Transfer-Encoding") == "chunked")
        {
            byte[] body = Dechunk(bytes, out bool complete);
            return new ScriptReply(untilClosed.Status, untilClosed.Reason, headers, body) { IsComplete = complete };
        }
        bool whole = isHead || untilClosed.Header("Content-Length") is not { } length || bytes.Length == long.Parse(length, CultureInfo.InvariantCulture);
        return whole ? untilClosed : new ScriptReply(untilClosed.Status, untilClosed.Reason, headers, bytes.ToArray()) { IsComplete = false };
    }

    private static List<string> TakeHead(ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> whole = bytes;
        var lines = new List<string>();
        while (true)
        {
            int end = bytes.IndexOf((byte)'\n');
            if (end < 0)
                throw new InvalidDataException($"the header block does not end: {Encoding.Latin1.GetString(whole[..Math.Min(whole.Length, 500)])}");
            string line = Encoding.Latin1.GetString(bytes[..end]);
            if (line.EndsWith('\r'))
                line = line[..^1];
            bytes = bytes[(end + 1)..];
            if (line.Length == 0)
                return lines;
            lines.Add(line);
        }
    }

    private static List<KeyValuePair<string, string>> ParseHeaders(List<string> lines)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new InvalidDataException($"not a header line: {line}");
            headers.Add(new KeyValuePair<string, string>(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }
        return headers;
    }

    private static int ParseStatus(string status) =>
        status.Length >= 3 && int.TryParse(status.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : throw new InvalidDataException($"no status: {status}");

    private static byte[] Dechunk(ReadOnlySpan<byte> bytes, out bool complete)
    {
        var body = new MemoryStream();
        complete = false;
        while (bytes.IndexOf("\r\n"u8) is > 0 and int end
            && int.TryParse(Encoding.ASCII.GetString(bytes[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int size))
        {
            bytes = bytes[(end + 2)..];
            if (size == 0)
            {
                complete = bytes.StartsWith("\r\n"u8);
                break;
            }
            body.Write(bytes[..Math.Min(size, bytes.Length)]);
            if (bytes.Length < size + 2)
                break;
            bytes = bytes[(size + 2)..];
        }
        return body.ToArray();
    }
}
