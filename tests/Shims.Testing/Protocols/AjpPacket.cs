namespace Shims.Testing;

/// <summary>A packet of AJP13 that a container has sent.</summary>
/// <param name="Payload">All of it, type first.</param>
public sealed record AjpPacket(byte[] Payload)
{
    public const int SendBodyChunk = 3, SendHeaders = 4, EndResponse = 5, GetBodyChunk = 6, CPong = 9;

    public int Type => Payload.Length == 0 ? -1 : Payload[0];

    /// <summary>The 16 bits after the type: a status, or a length.</summary>
    public int Number => Payload[1] << 8 | Payload[2];

    /// <summary>The bytes of a body chunk.</summary>
    /// <exception cref="InvalidDataException">Its length is not that of its bytes, or it has no NUL: Apache would refuse it.</exception>
    public byte[] Chunk => Payload.Length == Number + 4 && Payload[^1] == 0 ? Payload[3..^1] : throw new InvalidDataException($"a chunk of {Number} bytes in a packet of {Payload.Length}");

    /// <summary>Takes packets apart.</summary>
    /// <exception cref="InvalidDataException">There is something else among them, or the last is cut off.</exception>
    public static IReadOnlyList<AjpPacket> Read(ReadOnlySpan<byte> bytes)
    {
        var packets = new List<AjpPacket>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < 4 || bytes[0] != 'A' || bytes[1] != 'B' || bytes.Length < 4 + (bytes[2] << 8 | bytes[3]))
                throw new InvalidDataException($"not a whole packet: {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 40)])}");
            int length = bytes[2] << 8 | bytes[3];
            packets.Add(new AjpPacket(bytes.Slice(4, length).ToArray()));
            bytes = bytes[(4 + length)..];
        }
        return packets;
    }
}
