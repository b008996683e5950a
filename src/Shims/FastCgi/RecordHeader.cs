using System.Buffers.Binary;

namespace Shims.FastCgi;

/// <summary>The eight bytes before each record's content.</summary>
/// <remarks><code>
///   version  type  request id  content length  padding length  reserved
///      1      1        2             2                1            1       bytes, big-endian
/// </code>FastCGI 1.0 section 3.3.</remarks>
internal readonly record struct RecordHeader(byte Version, RecordType Type, ushort RequestId, ushort ContentLength, byte PaddingLength)
{
    /// <summary>FCGI_HEADER_LEN.</summary>
    internal const int Size = 8;

    /// <summary>FCGI_VERSION_1.</summary>
    internal const byte Version1 = 1;

    /// <summary>The request id of records that are about the connection. Section 3.3, FCGI_NULL_REQUEST_ID.</summary>
    internal const ushort ManagementId = 0;

    /// <summary>The largest content that needs no padding to end at a multiple of eight.</summary>
    internal const int MaxAlignedContent = 65528;

    /// <summary>The header of a record that ends at a multiple of eight: cgi-fcgi 2.4 corrupts output whose record headers straddle its reads.</summary>
    internal static RecordHeader For(RecordType type, ushort requestId, int contentLength) =>
        new(Version1, type, requestId, (ushort)contentLength, (byte)(-contentLength & 7));

    /// <param name="bytes">At least <see cref="Size"/>.</param>
    internal static RecordHeader Read(ReadOnlySpan<byte> bytes) =>
        new(bytes[0], (RecordType)bytes[1], BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), bytes[6]);

    /// <param name="destination">At least <see cref="Size"/>; the reserved byte becomes zero.</param>
    internal void Write(Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], RequestId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], ContentLength);
        destination[6] = PaddingLength;
        destination[7] = 0;
    }
}
