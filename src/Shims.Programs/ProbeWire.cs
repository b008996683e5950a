using System.Buffers.Binary;
using System.Text;
using Shims.Ajp;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Scgi;
using Shims.Uwsgi;

namespace Shims.Programs;

/// <summary>The one request that <c>--ping</c> sends, and the page that comes back, in each protocol.</summary>
internal static class ProbeWire
{
    private const ushort RequestId = 1;

    /// <summary>A GET of a path, which is SCRIPT_NAME too.</summary>
    /// <param name="protocol">What the gateway speaks.</param>
    /// <param name="path">The path.</param>
    /// <param name="secret">AJP13: what it asks for; null for nothing.</param>
    internal static byte[] Request(Protocol protocol, string path, byte[]? secret)
    {
        (string Name, string Value)[] variables =
        [
            ("CONTENT_LENGTH", "0"), ("SCGI", "1"), ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", path), ("REQUEST_URI", path), ("QUERY_STRING", ""), ("SERVER_PROTOCOL", "HTTP/1.1"),
        ];
        return protocol == Protocols.FastCgi ? FastCgiOf(variables)
            : protocol == Protocols.Uwsgi ? UwsgiOf(variables)
            : protocol == Protocols.Ajp13 ? AjpOf(path, secret)
            : ScgiOf(variables);
    }

    /// <summary>Reads what has come.</summary>
    /// <param name="protocol">What the gateway speaks.</param>
    /// <param name="bytes">All that has come.</param>
    /// <param name="isWhole">True if no more is to come, whether or not the connection ends.</param>
    /// <returns>Status and body; a status of 0 if there is none yet, or if it is not a page of a gateway's own.</returns>
    internal static (int Status, byte[] Body) Read(Protocol protocol, ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        isWhole = false;
        return protocol == Protocols.Ajp13 ? ReadPackets(bytes, out isWhole)
            : protocol == Protocols.FastCgi ? ReadPage("Status: "u8, OutputOf(bytes, out isWhole))
            : protocol == Protocols.Uwsgi ? ReadPage("HTTP/1.1 "u8, bytes)
            : ReadPage("Status: "u8, bytes);
    }

    private static byte[] ScgiOf((string Name, string Value)[] variables)
    {
        byte[] block = Encoding.UTF8.GetBytes(string.Concat(Array.ConvertAll(variables, static variable => $"{variable.Name}\0{variable.Value}\0")));
        byte[] request = new byte[ScgiHeaderWriter.SizeOf(block)];
        ScgiHeaderWriter.Write(request, block);
        return request;
    }

    private static byte[] UwsgiOf((string Name, string Value)[] variables)
    {
        byte[] request = new byte[UwsgiHeader.MaxDataSize];
        int length = UwsgiHeader.Size;
        foreach ((string name, string value) in variables)
            length += UwsgiVariablesWriter.Write(request.AsSpan(length), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        new UwsgiHeader((byte)UwsgiModifier.Wsgi, (ushort)(length - UwsgiHeader.Size), 0).Write(request);
        return request[..length];
    }

    private static byte[] FastCgiOf((string Name, string Value)[] variables)
    {
        byte[] begin = new byte[BeginRequestBody.Size], pairs = new byte[UwsgiHeader.MaxDataSize];
        new BeginRequestBody(Role.Responder, Flags: 0).Write(begin);
        int length = 0;
        foreach ((string name, string value) in variables)
            length += NameValueWriter.Write(pairs.AsSpan(length), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return
        [
            .. Record(RecordType.BeginRequest, begin), .. Record(RecordType.Params, pairs.AsSpan(0, length)),
            .. Record(RecordType.Params, default), .. Record(RecordType.Stdin, default),
        ];
    }

    private static byte[] Record(RecordType type, ReadOnlySpan<byte> content)
    {
        byte[] record = new byte[RecordWriter.SizeOf(content.Length)];
        RecordWriter.Write(record, type, RequestId, content);
        return record;
    }

    /// <summary>AJPv13 "Request Packet Structure".</summary>
    private static byte[] AjpOf(string path, byte[]? secret)
    {
        const byte get = 2;
        byte[] packet = new byte[Packet.MaxSentSize];
        var writer = new PayloadWriter(packet, Packet.HeaderSize);
        writer.WriteByte((byte)PacketType.ForwardRequest);
        writer.WriteByte(get);
        writer.WriteString("HTTP/1.1"u8);
        writer.WriteString(Encoding.UTF8.GetBytes(path));
        writer.WriteString("127.0.0.1"u8);
        writer.WriteString(default);
        writer.WriteString("localhost"u8);
        writer.WriteInteger(80);
        writer.WriteByte(0); // not encrypted
        writer.WriteInteger(0); // headers
        if (secret is not null)
        {
            writer.WriteByte((byte)AttributeType.Secret);
            writer.WriteString(secret);
        }
        writer.WriteByte((byte)AttributeType.End);
        if (writer.IsFull)
            throw new ShimException(ExitCode.Usage, "--ping-path is longer than a packet of AJP13", "write a shorter one");
        Packet.WriteRequestHeader(packet, writer.Position - Packet.HeaderSize);
        return packet[..writer.Position];
    }

    private static (int Status, byte[] Body) ReadPage(ReadOnlySpan<byte> start, ReadOnlySpan<byte> page)
    {
        int end = page.IndexOf("\r\n\r\n"u8);
        return end >= 0 && page.StartsWith(start) && int.TryParse(page.Slice(start.Length, 3), out int status) ? (status, page[(end + 4)..].ToArray()) : (0, []);
    }

    /// <summary>The contents of STDOUT. FastCGI 1.0 section 6.2.</summary>
    private static byte[] OutputOf(ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        isWhole = false;
        var output = new List<byte>();
        while (bytes.Length >= RecordHeader.Size)
        {
            RecordHeader record = RecordHeader.Read(bytes);
            int size = RecordHeader.Size + record.ContentLength + record.PaddingLength;
            if (bytes.Length < size)
                break;
            if (record.Type == RecordType.Stdout)
                output.AddRange(bytes.Slice(RecordHeader.Size, record.ContentLength));
            isWhole |= record.Type == RecordType.EndRequest;
            bytes = bytes[size..];
        }
        return [.. output];
    }

    /// <summary>AJPv13 "Response Packet Structure".</summary>
    private static (int Status, byte[] Body) ReadPackets(ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        isWhole = false;
        int status = 0;
        var body = new List<byte>();
        while (bytes.Length >= Packet.HeaderSize && Packet.IsToWebServer(bytes))
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[sizeof(ushort)..]);
            if (bytes.Length < Packet.HeaderSize + length)
                break;
            ReadOnlySpan<byte> payload = bytes.Slice(Packet.HeaderSize, length);
            switch (payload)
            {
                case [(byte)PacketType.SendHeaders, var high, var low, ..]:
                    status = high << 8 | low;
                    break;
                case [(byte)PacketType.SendBodyChunk, var high, var low, ..]:
                    body.AddRange(payload.Slice(3, Math.Min(high << 8 | low, payload.Length - 3)));
                    break;
                case [(byte)PacketType.EndResponse, ..]:
                    isWhole = true;
                    break;
            }
            bytes = bytes[(Packet.HeaderSize + length)..];
        }
        return (status, [.. body]);
    }
}
