using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Shims.Cgi;

namespace Shims.Ajp;

/// <summary>Writes packets to the web server into a span. Allocates and throws nothing.</summary>
/// <remarks><code>
///   SEND_HEADERS      04  status  reason  count  (name  value)...    a name: a string, or A0 and its number
///   SEND_BODY_CHUNK   03  length  bytes  00                          Apache wants the NUL; a length of 0 lets it send on what it has held back
///   END_RESPONSE      05  reuse                                      1 byte: whether the connection takes another request
///   GET_BODY_CHUNK    06  length
///   CPONG             09
/// </code>AJPv13 "Response Packet Structure". Numbers are big-endian. Nothing may follow END_RESPONSE: Apache takes it for a part of the next response.</remarks>
internal static class ResponseWriter
{
    /// <summary>Bytes of body that fit into a packet of the usual size.</summary>
    internal const int MaxChunk = Packet.MaxSentSize - ChunkOverhead;

    /// <summary>Bytes of the packets that have one length only.</summary>
    internal const int EndSize = Packet.HeaderSize + 2, AskSize = Packet.HeaderSize + 3, PongSize = Packet.HeaderSize + 1;

    /// <summary>Header, type, length, and the NUL.</summary>
    private const int ChunkOverhead = Packet.HeaderSize + 1 + sizeof(ushort) + 1;

    /// <summary>Bytes that a chunk takes.</summary>
    internal static int SizeOfChunk(int length) => length + ChunkOverhead;

    /// <summary>Writes a part of the response's body.</summary>
    /// <param name="destination">At least <see cref="SizeOfChunk"/>.</param>
    /// <param name="part">At most <see cref="MaxChunk"/> bytes; none for a flush.</param>
    /// <returns>Bytes written.</returns>
    internal static int WriteChunk(Span<byte> destination, ReadOnlySpan<byte> part)
    {
        int size = SizeOfChunk(part.Length);
        Packet.WriteHeader(destination, size - Packet.HeaderSize);
        destination[4] = (byte)PacketType.SendBodyChunk;
        BinaryPrimitives.WriteUInt16BigEndian(destination[5..], (ushort)part.Length);
        part.CopyTo(destination[7..]);
        destination[size - 1] = 0;
        return size;
    }

    /// <summary>Writes the end of the response.</summary>
    /// <param name="destination">At least <see cref="EndSize"/>.</param>
    /// <param name="isReused">True if the connection takes another request.</param>
    /// <returns>As <see cref="WriteChunk"/>.</returns>
    internal static int WriteEnd(Span<byte> destination, bool isReused)
    {
        Packet.WriteHeader(destination, EndSize - Packet.HeaderSize);
        destination[4] = (byte)PacketType.EndResponse;
        destination[5] = (byte)(isReused ? 1 : 0);
        return EndSize;
    }

    /// <summary>Asks for more of the request's body.</summary>
    /// <param name="destination">At least <see cref="AskSize"/>.</param>
    /// <param name="count">Bytes at the most.</param>
    /// <returns>As <see cref="WriteChunk"/>.</returns>
    internal static int WriteAsk(Span<byte> destination, int count)
    {
        Packet.WriteHeader(destination, AskSize - Packet.HeaderSize);
        destination[4] = (byte)PacketType.GetBodyChunk;
        BinaryPrimitives.WriteUInt16BigEndian(destination[5..], (ushort)count);
        return AskSize;
    }

    /// <summary>Responds to CPING.</summary>
    /// <param name="destination">At least <see cref="PongSize"/>.</param>
    /// <returns>As <see cref="WriteChunk"/>.</returns>
    internal static int WritePong(Span<byte> destination)
    {
        Packet.WriteHeader(destination, PongSize - Packet.HeaderSize);
        destination[4] = (byte)PacketType.CPong;
        return PongSize;
    }

    /// <summary>Writes the header of a response.</summary>
    /// <param name="head">The header of a CGI response with the empty line at its end. RFC 3875 section 6. A Location alone is a redirect: 302.</param>
    /// <param name="destination">At least <see cref="Packet.MaxSentSize"/>.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Done; DestinationTooSmall if it does not fit into a packet of the usual size; InvalidData if it is not a header, or has a control character in it.</returns>
    internal static OperationStatus TryWriteHead(ReadOnlySpan<byte> head, Span<byte> destination, out int written)
    {
        written = 0;
        OperationStatus result = ReadStatus(head, out int status, out ReadOnlySpan<byte> reason);
        if (result != OperationStatus.Done)
            return result;
        Span<byte> standard = stackalloc byte[64];
        scoped ReadOnlySpan<byte> phrase = reason.IsEmpty ? standard[..Encoding.ASCII.GetBytes(ReasonPhrases.Of(status), standard)] : reason;
        var writer = new PayloadWriter(destination[..Packet.MaxSentSize], Packet.HeaderSize);
        writer.WriteByte((byte)PacketType.SendHeaders);
        writer.WriteInteger((ushort)status);
        writer.WriteString(phrase);
        int countAt = writer.Position;
        writer.WriteInteger(0);
        ushort count = 0;
        while (!head.IsEmpty)
        {
            ReadOnlySpan<byte> line = ResponseLine.Take(ref head);
            if (line.IsEmpty)
                break;
            ResponseLineKind kind = ResponseLine.Read(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
            // These are the web server's own, or a header line of ours that became the packet's first field.
            if (kind is ResponseLineKind.Status or ResponseLineKind.TransferEncoding or ResponseLineKind.HopByHop)
                continue;
            if (KnownNames.NumberOf(name) is > 0 and byte number)
                writer.WriteInteger((ushort)(KnownNames.HeaderMark << 8 | number));
            else
                writer.WriteString(name);
            writer.WriteString(value);
            count++;
        }
        if (writer.IsFull)
            return OperationStatus.DestinationTooSmall;
        written = writer.Position;
        Packet.WriteHeader(destination, written - Packet.HeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(destination[countAt..], count);
        return OperationStatus.Done;
    }

    /// <summary>Checks each line, and finds the status.</summary>
    private static OperationStatus ReadStatus(ReadOnlySpan<byte> head, out int status, out ReadOnlySpan<byte> reason)
    {
        status = 0;
        reason = default;
        bool isRedirect = false;
        while (head.Contains((byte)'\n'))
        {
            ReadOnlySpan<byte> line = ResponseLine.Take(ref head);
            if (line.IsEmpty)
            {
                status = status > 0 ? status : isRedirect ? 302 : 200;
                return OperationStatus.Done;
            }
            ResponseLineKind kind = ResponseLine.Read(line, out _, out ReadOnlySpan<byte> value);
            if (kind is ResponseLineKind.Ambiguous or ResponseLineKind.NoHeader)
                return OperationStatus.InvalidData;
            isRedirect |= kind == ResponseLineKind.Location;
            if (kind != ResponseLineKind.Status)
                continue;
            status = ResponseLine.StatusOf(value);
            if (status == 0)
                return OperationStatus.InvalidData;
            reason = value.Length > 4 ? value[4..] : default;
        }
        return OperationStatus.InvalidData;
    }
}
