using System.Buffers;
using System.Buffers.Binary;

namespace Shims.Ajp;

/// <summary>Takes packets off the front of a buffer without copying them. Allocates and throws nothing.</summary>
/// <remarks><code>
///   from the web server   12 34   payload length   payload
///   to the web server     41 42   payload length   payload
///                           2           2             bytes, big-endian
/// </code>AJPv13 "Packet Headers". A reader that lacks data is asked again, from the packet's first byte, when there is more.</remarks>
internal static class Packet
{
    /// <summary>Bytes before the payload.</summary>
    internal const int HeaderSize = 4;

    /// <summary>The largest packet that is taken in, header included: Apache's ProxyIOBufferSize and mod_jk's max_packet_size go no higher.</summary>
    internal const int MaxSize = 65536;

    /// <summary>The largest packet that is sent: what web servers take that have not been told otherwise.</summary>
    internal const int MaxSentSize = 8192;

    private const ushort FromWebServer = 0x1234, ToWebServer = 0x4142;

    /// <summary>Reads the packet at the front.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="payload">A view into it.</param>
    /// <returns>Done; NeedMoreData if the bytes are a proper prefix; DestinationTooSmall if it is longer than <see cref="MaxSize"/>; InvalidData if it is not a packet of a web server.</returns>
    internal static OperationStatus TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        // One byte is enough to know better: nothing more may come.
        if (bytes is [not (byte)(FromWebServer >> 8), ..] or [_, not (byte)(FromWebServer & 0xFF), ..])
            return OperationStatus.InvalidData;
        if (bytes.Length < HeaderSize)
            return OperationStatus.NeedMoreData;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[sizeof(ushort)..]);
        if (length > MaxSize - HeaderSize)
            return OperationStatus.DestinationTooSmall;
        if (bytes.Length < HeaderSize + length)
            return OperationStatus.NeedMoreData;
        payload = bytes.Slice(HeaderSize, length);
        return OperationStatus.Done;
    }

    /// <summary>Writes the header of a packet from a web server.</summary>
    /// <param name="destination">At least <see cref="HeaderSize"/>.</param>
    /// <param name="payloadLength">Bytes that follow.</param>
    internal static void WriteRequestHeader(Span<byte> destination, int payloadLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, FromWebServer);
        BinaryPrimitives.WriteUInt16BigEndian(destination[sizeof(ushort)..], (ushort)payloadLength);
    }

    /// <summary>True if bytes begin as the packets of a container do.</summary>
    internal static bool IsToWebServer(ReadOnlySpan<byte> bytes) => bytes is [(byte)(ToWebServer >> 8), (byte)(ToWebServer & 0xFF), ..];

    /// <summary>Writes the header of a packet to the web server.</summary>
    /// <param name="destination">At least <see cref="HeaderSize"/>.</param>
    /// <param name="payloadLength">Bytes that follow.</param>
    internal static void WriteHeader(Span<byte> destination, int payloadLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, ToWebServer);
        BinaryPrimitives.WriteUInt16BigEndian(destination[sizeof(ushort)..], (ushort)payloadLength);
    }
}
