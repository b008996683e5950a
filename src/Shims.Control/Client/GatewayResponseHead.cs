using System.Text;
using Shims.Cgi;

namespace Shims.Control.Client;

/// <summary>The header of a CGI response. RFC 3875 section 6.</summary>
internal sealed class GatewayResponseHead
{
    private GatewayResponseHead(byte[] raw, int status, string? fault)
    {
        Raw = raw;
        Status = status;
        Fault = fault;
        Headers = ReadLines(raw);
    }

    /// <summary>The bytes, with the empty line at the end.</summary>
    internal byte[] Raw { get; }

    /// <summary>The status: 200 if the header has none, 302 if it has a Location and no Status.</summary>
    internal int Status { get; }

    /// <summary>The reason why a web server refuses the header, as the end of a sentence; null if it does not.</summary>
    internal string? Fault { get; }

    /// <summary>Names and values in order, as received, with <c>Status</c>. Latin-1.</summary>
    internal IReadOnlyList<(string Name, string Value)> Headers { get; }

    /// <summary>Content-Length; null if the header has none.</summary>
    internal long? ContentLength =>
        Find("Content-Length") is { } text && long.TryParse(text, System.Globalization.NumberStyles.None, null, out long length)
            ? length
            : null;

    /// <summary>Whether the status allows no body.</summary>
    internal bool HasNoBody => Status is 204 or 304;

    /// <summary>Reads a header block.</summary>
    /// <param name="block">With the empty line at its end.</param>
    /// <param name="mayHaveStatusLine">True if it may begin with the status line of HTTP, which stands for Status then.</param>
    internal static GatewayResponseHead Read(ReadOnlySpan<byte> block, bool mayHaveStatusLine)
    {
        byte[] raw = block.ToArray();
        byte[] ofCgi = mayHaveStatusLine && block.StartsWith("HTTP/1."u8) && block.IndexOf((byte)' ') is > 0 and int space
            ? [.. "Status:"u8, .. block[space..]]
            : raw;
        ResponseHead head = ResponseHead.Read(ofCgi, out string? fault);
        return new GatewayResponseHead(raw, head.Status, fault);
    }

    /// <summary>The value of the first header with that name, in upper or lower case.</summary>
    internal string? Find(string name)
    {
        foreach ((string candidate, string value) in Headers)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        return null;
    }

    private static List<(string, string)> ReadLines(byte[] raw)
    {
        var headers = new List<(string, string)>();
        foreach (string line in Encoding.Latin1.GetString(raw).Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }
        return headers;
    }
}
