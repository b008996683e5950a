using System.Buffers.Binary;
using System.Text;

namespace Shims.Testing;

/// <summary>A response by AJP13: its packets, and how it ended.</summary>
/// <param name="Packets">All of them, questions for the body too.</param>
/// <param name="WasReset">The connection was reset.</param>
public sealed record AjpReply(IReadOnlyList<AjpPacket> Packets, bool WasReset = false)
{
    private static readonly string[] s_names =
        ["", "Content-Type", "Content-Language", "Content-Length", "Date", "Last-Modified", "Location", "Set-Cookie", "Set-Cookie2", "Servlet-Engine", "Status", "WWW-Authenticate"];

    /// <summary>Whether there was an END_RESPONSE, and it was the last packet.</summary>
    public bool IsComplete => Packets.Count(packet => packet.Type == AjpPacket.EndResponse) == 1 && Packets[^1].Type == AjpPacket.EndResponse;

    /// <summary>Whether the connection takes another request.</summary>
    public bool IsReused => IsComplete && Packets[^1].Payload is [AjpPacket.EndResponse, 1];

    /// <summary>The response as a CGI program would write it.</summary>
    /// <exception cref="InvalidDataException">It has not one header before all else.</exception>
    public ScriptReply Reply => ScriptReply.Parse(Bytes);

    public int Status => Reply.Status;

    public string Body => Reply.Body;

    /// <summary>Header block and body.</summary>
    public byte[] Bytes
    {
        get
        {
            AjpPacket[] response = [.. Packets.Where(packet => packet.Type is not (AjpPacket.GetBodyChunk or AjpPacket.CPong))];
            if (response.Count(packet => packet.Type == AjpPacket.SendHeaders) != 1 || response[0].Type != AjpPacket.SendHeaders)
                throw new InvalidDataException($"not one header before all else: {string.Join(' ', response.Select(packet => packet.Type))}");
            return [.. Encoding.Latin1.GetBytes(HeadOf(response[0].Payload)), .. response.Where(packet => packet.Type == AjpPacket.SendBodyChunk).SelectMany(packet => packet.Chunk)];
        }
    }

    private static string HeadOf(ReadOnlySpan<byte> payload)
    {
        int status = payload[1] << 8 | payload[2];
        payload = payload[3..];
        var head = new StringBuilder($"Status: {status} {TakeString(ref payload)}\r\n");
        int count = TakeInteger(ref payload);
        for (int i = 0; i < count; i++)
        {
            string name = payload[0] == 0xA0 ? s_names[TakeInteger(ref payload) & 0xFF] : TakeString(ref payload);
            head.Append(name).Append(": ").Append(TakeString(ref payload)).Append("\r\n");
        }
        return payload.IsEmpty ? head.Append("\r\n").ToString() : throw new InvalidDataException($"{payload.Length} bytes after the headers");
    }

    private static int TakeInteger(ref ReadOnlySpan<byte> payload)
    {
        int value = BinaryPrimitives.ReadUInt16BigEndian(payload);
        payload = payload[2..];
        return value;
    }

    private static string TakeString(ref ReadOnlySpan<byte> payload)
    {
        int length = TakeInteger(ref payload);
        string text = Encoding.Latin1.GetString(payload[..length]);
        if (payload[length] != 0)
            throw new InvalidDataException("a string without its NUL");
        payload = payload[(length + 1)..];
        return text;
    }
}
