using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Shims.Ajp;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>Writes a request as mod_proxy_ajp does: the variables take their places in a packet. AJPv13 "Request Packet Structure".</summary>
internal static class AjpRequestWriter
{
    /// <summary>Bytes of the body in a packet, at the most.</summary>
    internal const int MaxPart = BodyPacket.MostAskedFor;

    /// <summary>Variables that only the container makes, of the path of the URL.</summary>
    private static readonly string[] s_ofContainer = ["SCRIPT_FILENAME", "SCRIPT_NAME", "PATH_INFO", "PATH_TRANSLATED"];

    /// <summary>Variables with a place of their own in front of the headers.</summary>
    private static readonly string[] s_fields =
        ["REQUEST_METHOD", "SERVER_PROTOCOL", "REQUEST_URI", "REMOTE_ADDR", "REMOTE_HOST", "SERVER_NAME", "SERVER_PORT", "HTTPS"];

    private static readonly Dictionary<string, AttributeType> s_attributes = new()
    {
        ["QUERY_STRING"] = AttributeType.QueryString,
        ["REMOTE_USER"] = AttributeType.RemoteUser,
        ["AUTH_TYPE"] = AttributeType.AuthType,
        ["SSL_CLIENT_CERT"] = AttributeType.SslCert,
        ["SSL_CIPHER"] = AttributeType.SslCipher,
        ["SSL_SESSION_ID"] = AttributeType.SslSession,
    };

    /// <summary>The names that Apache gives to attributes of a request, beside those of SetEnv AJP_NAME, which lose their beginning.</summary>
    private static readonly Dictionary<string, string> s_requestAttributes = new()
    {
        ["REMOTE_PORT"] = "AJP_REMOTE_PORT",
        ["SERVER_ADDR"] = "AJP_LOCAL_ADDR",
        ["SSL_PROTOCOL"] = "AJP_SSL_PROTOCOL",
    };

    /// <summary>FORWARD_REQUEST, in its packet.</summary>
    /// <param name="variables">The request.</param>
    /// <param name="secret">What the container asks for; null for none.</param>
    /// <exception cref="ShimException">AJP13 has no place for a variable, or the packet would be too long.</exception>
    internal static byte[] Write(List<RequestVariable> variables, byte[]? secret)
    {
        if (variables.Find(static variable => s_ofContainer.Contains(variable.NameText)) is { } foreign)
        {
            string option = foreign.NameText == "SCRIPT_FILENAME" ? "--script-filename and --param SCRIPT_FILENAME" : $"--param {foreign.NameText}";
            throw new ShimException(ExitCode.Usage, $"AJP13 has no place for {foreign.NameText}: the path of the URL names the script",
                $"leave {option} out, and write the URL that leads to the script");
        }
        var packet = new byte[Packet.MaxSize];
        var writer = new PayloadWriter(packet, Packet.HeaderSize);
        ReadOnlySpan<byte> Value(string name) => variables.FindLast(variable => variable.NameText == name)?.Value ?? [];
        writer.WriteByte((byte)PacketType.ForwardRequest);
        byte method = NumberOf(Value("REQUEST_METHOD"), KnownNames.Method, KnownNames.StoredMethod);
        writer.WriteByte(method);
        writer.WriteString(Value("SERVER_PROTOCOL"));
        writer.WriteString(PathOf(Value("REQUEST_URI")));
        writer.WriteString(Value("REMOTE_ADDR"));
        writer.WriteString(Value("REMOTE_HOST"));
        writer.WriteString(Value("SERVER_NAME"));
        writer.WriteInteger(PortOf(Value("SERVER_PORT")));
        writer.WriteByte((byte)(Value("HTTPS").SequenceEqual("on"u8) ? 1 : 0));
        RequestVariable[] headers = [.. variables.Where(static variable => HeaderOf(variable) is not null)];
        writer.WriteInteger((ushort)headers.Length);
        foreach (RequestVariable header in headers)
            WriteHeader(ref writer, HeaderOf(header)!, header.Value);
        foreach (RequestVariable variable in variables.Where(static variable => HeaderOf(variable) is null && !s_fields.Contains(variable.NameText)))
            WriteAttribute(ref writer, variable);
        if (method == KnownNames.StoredMethod)
            WriteAttribute(ref writer, AttributeType.StoredMethod, Value("REQUEST_METHOD"));
        if (secret is not null)
            WriteAttribute(ref writer, AttributeType.Secret, secret);
        writer.WriteByte((byte)AttributeType.End);
        if (writer.IsFull)
            throw new ShimException(ExitCode.Usage, $"a packet of AJP13 has {Packet.MaxSize} bytes, and this request is longer", "send fewer or shorter headers");
        Packet.WriteRequestHeader(packet, writer.Position - Packet.HeaderSize);
        return packet[..writer.Position];
    }

    /// <summary>A packet with a part of the body; an empty one says that there is no more.</summary>
    internal static byte[] WriteBody(ReadOnlySpan<byte> part)
    {
        int length = part.IsEmpty ? 0 : sizeof(ushort) + part.Length;
        var packet = new byte[Packet.HeaderSize + length];
        Packet.WriteRequestHeader(packet, length);
        if (!part.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Packet.HeaderSize), (ushort)part.Length);
            part.CopyTo(packet.AsSpan(Packet.HeaderSize + sizeof(ushort)));
        }
        return packet;
    }

    /// <summary>The header that a variable stands for; null if it is another kind of variable.</summary>
    private static string? HeaderOf(RequestVariable variable) => variable.NameText switch
    {
        "CONTENT_TYPE" => "content-type",
        "CONTENT_LENGTH" => "content-length",
        ['H', 'T', 'T', 'P', '_', _, ..] name => name["HTTP_".Length..].ToLowerInvariant().Replace('_', '-'),
        _ => null,
    };

    private static void WriteHeader(ref PayloadWriter writer, string name, ReadOnlySpan<byte> value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (NumberOf(bytes, KnownNames.RequestHeader, 0) is > 0 and byte number)
            writer.WriteInteger((ushort)(KnownNames.HeaderMark << 8 | number));
        else
            writer.WriteString(bytes);
        writer.WriteString(value);
    }

    private static void WriteAttribute(ref PayloadWriter writer, RequestVariable variable)
    {
        string name = variable.NameText;
        if (s_attributes.TryGetValue(name, out AttributeType type))
        {
            if (variable.Value.Length > 0)
                WriteAttribute(ref writer, type, variable.Value);
            return;
        }
        writer.WriteByte((byte)AttributeType.RequestAttribute);
        writer.WriteString(Encoding.UTF8.GetBytes(s_requestAttributes.GetValueOrDefault(name, name)));
        writer.WriteString(variable.Value);
    }

    private static void WriteAttribute(ref PayloadWriter writer, AttributeType type, ReadOnlySpan<byte> value)
    {
        writer.WriteByte((byte)type);
        writer.WriteString(value);
    }

    private delegate ReadOnlySpan<byte> Naming(byte number);

    private static byte NumberOf(ReadOnlySpan<byte> name, Naming nameOf, byte otherwise)
    {
        for (byte number = 1; nameOf(number) is { IsEmpty: false } known; number++)
        {
            if (known.SequenceEqual(name))
                return number;
        }
        return otherwise;
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> uri) => uri.IndexOf((byte)'?') is >= 0 and int query ? uri[..query] : uri;

    private static ushort PortOf(ReadOnlySpan<byte> text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port
        : throw new ShimException(ExitCode.Usage, $"AJP13 takes a number for SERVER_PORT, not \"{Encoding.UTF8.GetString(text)}\"", "write for example --param SERVER_PORT=80");
}
