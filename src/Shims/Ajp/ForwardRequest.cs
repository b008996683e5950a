using Shims.Cgi;

namespace Shims.Ajp;

/// <summary>A request as it stands in a packet, and the variables that CGI has for it. Allocates and throws nothing.</summary>
/// <remarks><code>
///   02  method  protocol  req_uri  remote_addr  remote_host  server_name  server_port  is_ssl  count  (name  value)...  attributes...  FF
///    1     1     string    string    string       string       string       integer       1    integer
///
///   header's name   string, or A0 and its number        method       its number, or FF: then it is among the attributes
///   attribute       type, string                        0A: type, name, value        0B: type, integer (lighttpd: string)
/// </code>AJPv13 "Request Packet Structure". There is nothing of SCRIPT_NAME and PATH_INFO: the gateway walks the path of the URL.</remarks>
internal ref struct ForwardRequest
{
    private ReadOnlySpan<byte> _method, _protocol, _uri, _remoteAddress, _remoteHost, _serverName;
    private ReadOnlySpan<byte> _headers, _attributes, _query;
    private ushort _port, _headerCount;
    private bool _isEncrypted, _isUriEncoded;

    /// <summary>Bytes of the body, or <see cref="ContentLength.Unknown"/> for one that ends with an empty packet.</summary>
    internal long BodyLength { get; private set; }

    /// <summary>The secret that the web server has sent; empty for none. It is in no variable.</summary>
    internal ReadOnlySpan<byte> Secret { get; private set; }

    /// <summary>Reads it.</summary>
    /// <param name="payload">That of a packet, whose first byte is <see cref="PacketType.ForwardRequest"/>.</param>
    /// <param name="request">Views into the payload.</param>
    /// <returns>What is wrong with it, as the end of a sentence; null if it is right.</returns>
    internal static string? Read(ReadOnlySpan<byte> payload, out ForwardRequest request)
    {
        request = default;
        ForwardRequest read = default;
        var reader = new PayloadReader(payload);
        if (!read.ReadLine(ref reader, out byte method) || !read.ReadHeaders(ref reader, out string? framing) || !read.ReadAttributes(ref reader))
            return "does not hold what its lengths say, or a value has a NUL in it";
        if (method != KnownNames.StoredMethod)
            read._method = KnownNames.Method(method);
        if (read._method.IsEmpty || !ResponseLine.IsToken(read._method))
            return "has no method";
        if (read._uri is not [(byte)'/', ..] && !read._uri.SequenceEqual("*"u8))
            return "has no path";
        request = read;
        return framing;
    }

    /// <summary>Makes the variables.</summary>
    /// <param name="attributes">The names of further attributes that become variables.</param>
    /// <param name="destination">At least <see cref="VariableWriter.SizeFor"/> the payload.</param>
    /// <returns>Views into the destination; they may be too many: see <see cref="CgiVariables.IsWellFormed"/>.</returns>
    internal readonly CgiVariables ToVariables(byte[][] attributes, Span<byte> destination)
    {
        var writer = new VariableWriter(destination);
        writer.Add("REQUEST_METHOD"u8, _method);
        writer.AddUri(_uri, _isUriEncoded, _query);
        writer.Add("QUERY_STRING"u8, _query);
        writer.Add("SERVER_PROTOCOL"u8, _protocol);
        writer.AddIfAny("REMOTE_ADDR"u8, _remoteAddress);
        writer.AddIfAny("REMOTE_HOST"u8, _remoteHost);
        writer.AddIfAny("SERVER_NAME"u8, _serverName);
        writer.Add("SERVER_PORT"u8, _port);
        if (_isEncrypted)
            writer.Add("HTTPS"u8, "on"u8);
        if (BodyLength != ContentLength.Unknown)
            writer.Add("CONTENT_LENGTH"u8, BodyLength);
        AddHeaders(ref writer);
        AddAttributes(ref writer, attributes);
        return new CgiVariables(writer.Written);
    }

    private bool ReadLine(scoped ref PayloadReader reader, out byte method)
    {
        method = 0;
        byte encryption = 0;
        bool isWhole = reader.TryReadByte(out _) && reader.TryReadByte(out method)
            && reader.TryReadString(out _protocol) && reader.TryReadString(out _uri)
            && reader.TryReadString(out _remoteAddress) && reader.TryReadString(out _remoteHost)
            && reader.TryReadString(out _serverName) && reader.TryReadInteger(out _port)
            && reader.TryReadByte(out encryption) && reader.TryReadInteger(out _headerCount);
        _isEncrypted = encryption != 0;
        return isWhole;
    }

    /// <summary>Reads over the headers, and sees how the body is framed.</summary>
    /// <param name="reader">Before the first header, then after the last.</param>
    /// <param name="fault">As of <see cref="Read"/>: two parsers must never disagree about where a body ends. RFC 9112 section 6.3.</param>
    private bool ReadHeaders(scoped ref PayloadReader reader, out string? fault)
    {
        fault = null;
        ReadOnlySpan<byte> start = reader.Rest, length = default, coding = default;
        int lengths = 0, codings = 0;
        for (int i = 0; i < _headerCount; i++)
        {
            if (!TryReadHeader(ref reader, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> text))
                return false;
            if (Is(name, "content-length"u8))
            {
                length = text;
                lengths++;
            }
            else if (Is(name, "transfer-encoding"u8))
            {
                coding = text;
                codings++;
            }
        }
        _headers = start[..^reader.Rest.Length];
        long value = 0;
        if (lengths + codings > 1)
            fault = "has two Content-Lengths, or one beside a Transfer-Encoding";
        else if (codings > 0 && !Is(coding, "chunked"u8))
            fault = "has a Transfer-Encoding other than chunked";
        else if (lengths > 0 && !ContentLength.TryParse(length, out value))
            fault = "has a Content-Length that is not a number";
        else
            BodyLength = codings > 0 ? ContentLength.Unknown : value;
        return true;
    }

    private bool ReadAttributes(scoped ref PayloadReader reader)
    {
        ReadOnlySpan<byte> start = reader.Rest;
        while (TryReadAttribute(ref reader, out AttributeType type, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case AttributeType.End:
                    _attributes = start[..^reader.Rest.Length];
                    return reader.IsAtEnd;
                case AttributeType.QueryString:
                    _query = value;
                    break;
                case AttributeType.Secret:
                    Secret = value;
                    break;
                case AttributeType.StoredMethod:
                    _method = value;
                    break;
                case AttributeType.RequestAttribute:
                    // mod_proxy_ajp and mod_jk send it with each request, and encode the path. lighttpd sends none, and a path that it has decoded: what its rules (url.access-deny,
                    // $HTTP["url"]) have seen is never decoded again.
                    _isUriEncoded |= name.SequenceEqual("AJP_REMOTE_PORT"u8);
                    break;
            }
        }
        return false;
    }

    private readonly void AddHeaders(scoped ref VariableWriter writer)
    {
        var reader = new PayloadReader(_headers);
        while (!reader.IsAtEnd && TryReadHeader(ref reader, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (Is(name, "content-type"u8))
                writer.Add("CONTENT_TYPE"u8, value);
            else if (!Is(name, "content-length"u8) && !Is(name, "transfer-encoding"u8))
                writer.AddHeader(name, value);
        }
    }

    /// <summary>Only what is listed here, or named by the administrator, becomes a variable: an attribute that chose the file would give its authority to any client that can set one (CVE-2020-1938, "Ghostcat").</summary>
    private readonly void AddAttributes(scoped ref VariableWriter writer, byte[][] further)
    {
        var reader = new PayloadReader(_attributes);
        while (TryReadAttribute(ref reader, out AttributeType type, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) && type != AttributeType.End)
        {
            name = type == AttributeType.RequestAttribute ? NameOf(name, further) : type switch
            {
                AttributeType.RemoteUser => "REMOTE_USER"u8,
                AttributeType.AuthType => "AUTH_TYPE"u8,
                AttributeType.SslCert => "SSL_CLIENT_CERT"u8,
                AttributeType.SslCipher => "SSL_CIPHER"u8,
                AttributeType.SslSession => "SSL_SESSION_ID"u8,
                AttributeType.SslKeySize => "SSL_CIPHER_USEKEYSIZE"u8,
                _ => default,
            };
            if (name.IsEmpty)
                continue;
            if (type == AttributeType.SslKeySize && value.Length == 2 && value[0] < (byte)'0')
                writer.Add(name, value[0] << 8 | value[1]);
            else
                writer.Add(name, value);
        }
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> attribute, byte[][] further)
    {
        if (attribute.SequenceEqual("AJP_REMOTE_PORT"u8))
            return "REMOTE_PORT"u8;
        if (attribute.SequenceEqual("AJP_LOCAL_ADDR"u8))
            return "SERVER_ADDR"u8;
        if (attribute.SequenceEqual("AJP_SSL_PROTOCOL"u8))
            return "SSL_PROTOCOL"u8;
        foreach (byte[] name in further)
        {
            if (attribute.SequenceEqual(name))
                return name;
        }
        return default;
    }

    private static bool TryReadHeader(scoped ref PayloadReader reader, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (reader.Rest is not [KnownNames.HeaderMark, ..])
            return reader.TryReadString(out name) && reader.TryReadString(out value);
        if (!reader.TryReadInteger(out ushort number))
            return false;
        name = KnownNames.RequestHeader((byte)number);
        return !name.IsEmpty && reader.TryReadString(out value);
    }

    /// <summary>Reads an attribute, of which only <see cref="AttributeType.RequestAttribute"/> has a name.</summary>
    private static bool TryReadAttribute(scoped ref PayloadReader reader, out AttributeType type, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        bool isThere = reader.TryReadByte(out byte number);
        type = (AttributeType)number;
        return isThere && type switch
        {
            AttributeType.End => true,
            AttributeType.SslKeySize => TryReadKeySize(ref reader, out value),
            AttributeType.RequestAttribute => reader.TryReadString(out name) && reader.TryReadString(out value),
            >= AttributeType.Context and <= AttributeType.StoredMethod => reader.TryReadString(out value),
            _ => false, // of what is not known the form is not either
        };
    }

    /// <summary>An integer (Apache), or a string (lighttpd): a digit is the type of no attribute that could follow an integer.</summary>
    private static bool TryReadKeySize(scoped ref PayloadReader reader, out ReadOnlySpan<byte> value)
    {
        value = default;
        ReadOnlySpan<byte> rest = reader.Rest;
        if (rest is [0, 0, 0, ..] or [0, _, >= (byte)'0' and <= (byte)'9', ..] or [0xFF, 0xFF, ..])
            return reader.TryReadString(out value);
        if (!reader.TryReadInteger(out _))
            return false;
        value = rest[..sizeof(ushort)];
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);
}
