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

    /// <summary>The bytes, up to and with the empty line.</summary>
    internal byte[] Raw { get; }

    /// <summary>200 where none is said, 302 for a Location without one.</summary>
    internal int Status { get; }

    /// <summary>What a web server would not accept of it, as the end of a sentence; null if nothing.</summary>
    internal string? Fault { get; }

    /// <summary>Names and values as they came, <c>Status</c> included, in order. Latin-1.</summary>
    internal IReadOnlyList<(string Name, string Value)> Headers { get; }

    /// <summary>The length of the body that is announced; null if none is.</summary>
    internal long? ContentLength => Find("Content-Length") is { } text && long.TryParse(text, System.Globalization.NumberStyles.None, null, out long length) ? length : null;

    /// <summary>Whether there can be no body whatever is announced.</summary>
    internal bool HasNoBody => Status is 204 or 304;

    /// <summary>Reads a header block.</summary>
    /// <param name="block">With the empty line at its end.</param>
    internal static GatewayResponseHead Read(ReadOnlySpan<byte> block)
    {
        ResponseHead head = ResponseHead.Read(block, out string? fault);
        return new GatewayResponseHead(block.ToArray(), head.Status, fault);
    }

    /// <summary>The value of the first header with that name, whatever its case.</summary>
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
