using System.Buffers.Binary;
using Shims.Buffers;

namespace Shims.FastCgi;

/// <summary>Writes whole records into a span. FastCGI 1.0 sections 3.3, 4.1, 4.2, 5.5. Padding and reserved bytes are zero.</summary>
internal static class RecordWriter
{
    /// <summary>Bytes of an END_REQUEST record.</summary>
    internal const int EndRequestSize = RecordHeader.Size + 8;

    /// <summary>Bytes that a record with so much content takes.</summary>
    internal static int SizeOf(int contentLength) => RecordHeader.Size + ((contentLength + 7) & ~7);

    /// <summary>Writes one record.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> the content.</param>
    /// <param name="type">Its type.</param>
    /// <param name="requestId">The request, or <see cref="RecordHeader.ManagementId"/>.</param>
    /// <param name="content">At most 65,535 bytes; none ends a stream.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(Span<byte> destination, RecordType type, ushort requestId, ReadOnlySpan<byte> content)
    {
        RecordHeader header = RecordHeader.For(type, requestId, content.Length);
        header.Write(destination);
        content.CopyInto(destination[RecordHeader.Size..]);
        foreach (ref byte padding in destination.Slice(RecordHeader.Size + content.Length, header.PaddingLength))
            padding = 0;
        return RecordHeader.Size + content.Length + header.PaddingLength;
    }

    /// <summary>Writes END_REQUEST. Section 5.5.</summary>
    /// <param name="destination">At least <see cref="EndRequestSize"/>.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="applicationStatus">The script's exit status.</param>
    /// <param name="protocolStatus">Its end on the level of the protocol.</param>
    internal static int WriteEndRequest(Span<byte> destination, ushort requestId, int applicationStatus, ProtocolStatus protocolStatus)
    {
        Span<byte> body = stackalloc byte[8]; // all zero
        BinaryPrimitives.WriteInt32BigEndian(body, applicationStatus);
        body[4] = (byte)protocolStatus;
        return Write(destination, RecordType.EndRequest, requestId, body);
    }
}
