using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>A request by AJP13 as mod_proxy_ajp sends it, apart from what a test wants otherwise.</summary>
public sealed record AjpRequestData
{
    private static readonly string[] s_methods =
    [
        "", "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "REPORT",
        "VERSION-CONTROL", "CHECKIN", "CHECKOUT", "UNCHECKOUT", "SEARCH", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE", "BASELINE-CONTROL", "MKACTIVITY",
    ];

    private static readonly string[] s_headers =
        ["", "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "connection", "content-type", "content-length", "cookie", "cookie2", "host", "pragma", "referer", "user-agent"];

    public string Method { get; init; } = "GET";

    public string Uri { get; init; } = "/";

    public string? Query { get; init; }

    public string? RemoteHost { get; init; }

    public bool IsEncrypted { get; init; }

    /// <summary>Headers; the length of a body is not among them.</summary>
    public (string Name, string? Value)[] Headers { get; init; } = [("host", "matrix.test")];

    /// <summary>Attributes as they are, type first, before the others.</summary>
    public byte[] Attributes { get; init; } = [];

    /// <summary>Whether it says what mod_proxy_ajp and mod_jk say, and lighttpd does not.</summary>
    public bool HasPort { get; init; } = true;

    public string? Secret { get; init; }

    /// <summary>Bytes of the body that follows; null for a chunked one, which ends with an empty packet.</summary>
    public long? Length { get; init; } = 0;

    /// <summary>An attribute with one string.</summary>
    public static byte[] Attribute(byte type, string value) => [type, .. Text(value)];

    /// <summary>A req_attribute.</summary>
    public static byte[] RequestAttribute(string name, string value) => [0x0A, .. Text(name), .. Text(value)];

    /// <summary>A string of AJP13.</summary>
    public static byte[] Text(string? value)
    {
        if (value is null)
            return [0xFF, 0xFF];
        byte[] bytes = Encoding.Latin1.GetBytes(value);
        return [.. Number(bytes.Length), .. bytes, 0];
    }

    public static byte[] Number(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    /// <summary>A packet to a container.</summary>
    public static byte[] Packet(params byte[] payload) => [0x12, 0x34, .. Number(payload.Length), .. payload];

    /// <summary>A packet with a part of a body.</summary>
    public static byte[] BodyPacket(ReadOnlySpan<byte> part) => Packet([.. Number(part.Length), .. part]);

    /// <summary>The payload of FORWARD_REQUEST.</summary>
    public byte[] ToPayload()
    {
        var headers = new List<(string Name, string? Value)>(Headers);
        if (Length is null)
            headers.Add(("Transfer-Encoding", "chunked"));
        else if (Length > 0)
            headers.Add(("content-length", Length.Value.ToString(CultureInfo.InvariantCulture)));
        int method = Array.IndexOf(s_methods, Method);
        return
        [
            2, (byte)(method > 0 ? method : 0xFF), .. Text("HTTP/1.1"), .. Text(Uri), .. Text("127.0.0.1"), .. Text(RemoteHost), .. Text("matrix.test"), .. Number(8080), (byte)(IsEncrypted ? 1 : 0),
            .. Number(headers.Count), .. headers.SelectMany(header => (byte[])[.. NameOf(header.Name), .. Text(header.Value)]),
            .. Secret is null ? [] : Attribute(0x0C, Secret),
            .. Attributes,
            .. Query is null ? [] : Attribute(5, Query),
            .. HasPort ? RequestAttribute("AJP_REMOTE_PORT", "40000") : [],
            .. method > 0 ? [] : Attribute(0x0D, Method),
            0xFF,
        ];
    }

    /// <summary>The packet.</summary>
    public byte[] ToBytes() => Packet(ToPayload());

    private static byte[] NameOf(string name) => Array.IndexOf(s_headers, name) is > 0 and int number ? [0xA0, (byte)number] : Text(name);
}
