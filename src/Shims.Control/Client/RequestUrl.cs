using System.Globalization;
using System.Text;

namespace Shims.Control.Client;

/// <summary>The URL of a request, parsed as by nginx.</summary>
internal sealed class RequestUrl
{
    private RequestUrl(string scheme, string host, int port, string uri, byte[] path, string query)
    {
        (Scheme, Host, Port, Uri, Path, Query) = (scheme, host, port, uri, path, query);
    }

    /// <summary>http or https.</summary>
    internal string Scheme { get; }

    internal string Host { get; }

    internal int Port { get; }

    /// <summary>Path and query as in the request line: <c>$request_uri</c>.</summary>
    internal string Uri { get; }

    /// <summary>The decoded path, without empty, <c>.</c> and <c>..</c> segments: <c>$uri</c>.</summary>
    internal byte[] Path { get; }

    /// <summary>The part after the question mark: <c>$query_string</c>.</summary>
    internal string Query { get; }

    /// <summary>The Host header: host, and port unless it is the scheme's default.</summary>
    internal string Authority => Port == DefaultPort(Scheme) ? Host : $"{Host}:{Port}";

    /// <summary>Parses <c>http://HOST[:PORT]/PATH</c>, or <c>/PATH</c> alone.</summary>
    /// <param name="fault">The error and its fix; null if there is none.</param>
    internal static RequestUrl? Parse(string text, out string? fault)
    {
        string scheme = "http", rest = text, authority = "localhost";
        if (text.IndexOf("://", StringComparison.Ordinal) is >= 0 and int end && !text.StartsWith('/'))
        {
            scheme = text[..end].ToLowerInvariant();
            rest = text[(end + 3)..];
            int slash = rest.AsSpan().IndexOfAny('/', '?', '#');
            (authority, rest) = slash < 0 ? (rest, "/") : (rest[..slash], rest[slash..]);
            if (rest[0] != '/')
                rest = "/" + rest;
        }
        fault = scheme is not ("http" or "https")
            ? $"the scheme of the URL is {scheme}, not http or https: write http://HOST/PATH, and give the gateway's address with --to"
            : !rest.StartsWith('/') ? $"\"{text}\" is not a URL: write http://HOST/PATH, or /PATH alone"
            : rest.Any(character => character <= ' ' || character == '\x7f')
                ? "the URL contains a space or a control character: write %20 for a space"
            : null;
        return fault is null ? Divide(scheme, authority, rest, out fault) : null;
    }

    private static RequestUrl? Divide(string scheme, string authority, string rest, out string? fault)
    {
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon > authority.LastIndexOf(']');
        string host = hasPort ? authority[..colon] : authority;
        int port = DefaultPort(scheme);
        fault = null;
        if (!IsHost(host) || (hasPort
            && !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            || port is < 1 or > 65535)
        {
            fault = $"\"{authority}\" is not a host and port: write for example http://localhost:8080/PATH, or http://[::1]:8080/PATH";
        }
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string uri = hash < 0 ? rest : rest[..hash];
        int mark = uri.IndexOf('?', StringComparison.Ordinal);
        byte[]? path = fault is null ? Normalize(Encoding.UTF8.GetBytes(mark < 0 ? uri : uri[..mark]), out fault) : null;
        return path is null ? null : new RequestUrl(scheme, host, port, uri, path, mark < 0 ? "" : uri[(mark + 1)..]);
    }

    /// <summary>The same URL with a slash at the end of its path, if a redirect leads there and nowhere else.</summary>
    /// <param name="location">The Location header; null for none.</param>
    internal RequestUrl? WithSlash(string? location)
    {
        if (location is null || Parse(location, out _) is not { } target || !target.Path.AsSpan().SequenceEqual([.. Path, (byte)'/']))
            return null;
        return Parse($"{Scheme}://{Authority}{target.Uri}", out _);
    }

    /// <summary>Whether it is a host name, an IPv4 address, or an IPv6 address in brackets. Browsers send no user name and password in a
    /// URL.</summary>
    private static bool IsHost(string host) => host is ['[', .. var address, ']']
        ? System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? parsed)
            && parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        : host.Length > 0 && !host.Any(character =>
            character <= ' ' || character is '\x7f' or '@' or '[' or ']' or ':' or '%' or '\\' or '"' or '<' or '>');

    /// <summary>Normalises the path as nginx does: it is decoded first, so that %2e%2e and %2F count as .. and /.</summary>
    private static byte[]? Normalize(byte[] encoded, out string? fault)
    {
        var segments = new List<ArraySegment<byte>>();
        byte[]? decoded = Decode(encoded);
        fault = decoded is null ? "invalid percent-encoding in the URL, for which nginx responds with 400: write % and two hexadecimal " +
            "digits other than 00, and %25 for a percent sign" : null;
        if (decoded is null)
            return null;
        bool endsInSlash = false;
        for (int start = 1; start <= decoded.Length;)
        {
            int length = decoded.AsSpan(start).IndexOf((byte)'/');
            endsInSlash = length >= 0;
            var segment = new ArraySegment<byte>(decoded, start, length < 0 ? decoded.Length - start : length);
            start += segment.Count + 1;
            if (segment.AsSpan().SequenceEqual(".."u8))
            {
                if (segments.Count == 0)
                {
                    fault = "the URL leads above the root with .., for which nginx responds with 400: leave .. out";
                    return null;
                }
                segments.RemoveAt(segments.Count - 1);
                endsInSlash = true;
            }
            else if (segment.Count == 0 || segment.AsSpan().SequenceEqual("."u8))
            {
                endsInSlash = true;
            }
            else
            {
                segments.Add(segment);
            }
        }
        var path = new List<byte>();
        foreach (ArraySegment<byte> segment in segments)
            path.AddRange([(byte)'/', .. segment]);
        if (endsInSlash || path.Count == 0)
            path.Add((byte)'/');
        return [.. path];
    }

    private static byte[]? Decode(byte[] encoded)
    {
        var decoded = new List<byte>(encoded.Length);
        for (int i = 0; i < encoded.Length; i++)
        {
            byte next = encoded[i];
            if (next == (byte)'%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit((char)encoded[i + 1]) || !char.IsAsciiHexDigit((char)encoded[i + 2]))
                    return null;
                next = byte.Parse(encoded.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (next == 0)
                    return null;
                i += 2;
            }
            decoded.Add(next);
        }
        return [.. decoded];
    }

    private static int DefaultPort(string scheme) => scheme == "https" ? 443 : 80;
}
