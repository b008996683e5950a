using System.Buffers.Binary;

namespace Shims.Testing;

/// <summary>One FastCGI record, as seen on the wire.</summary>
/// <remarks><code>
///   version  type  requestId  contentLength  paddingLength  reserved   content   padding
///      1      1        2            2              1            1
/// </code>FastCGI 1.0, section 3.3.</remarks>
public sealed record FastCgiRecord(FastCgiRecordType Type, int RequestId, byte[] Content)
{
    public const int HeaderSize = 8;
    public const int MaxContent = 65535;

    public byte Version { get; init; } = 1;

    public byte PaddingLength { get; init; }

    public byte Reserved { get; init; }

    /// <summary>The padding, so that a test can see that nothing leaks in it. Sent as zeros.</summary>
    public byte[] Padding { get; init; } = [];

    /// <summary>The record as sent.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderSize + Content.Length + PaddingLength];
        bytes[0] = Version;
        bytes[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), checked((ushort)RequestId));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), checked((ushort)Content.Length));
        bytes[6] = PaddingLength;
        bytes[7] = Reserved;
        Content.CopyTo(bytes, HeaderSize);
        return bytes;
    }

    /// <summary>Takes one record off the front; null if the bytes end within it.</summary>
    public static FastCgiRecord? Read(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        if (bytes.Length < HeaderSize)
            return null;
        int contentLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int whole = HeaderSize + contentLength + bytes[6];
        if (bytes.Length < whole)
            return null;
        size = whole;
        return new FastCgiRecord((FastCgiRecordType)bytes[1], BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), bytes.Slice(HeaderSize, contentLength).ToArray())
        {
            Version = bytes[0],
            PaddingLength = bytes[6],
            Reserved = bytes[7],
            Padding = bytes[(HeaderSize + contentLength)..whole].ToArray(),
        };
    }
}
