using System.Buffers;
using System.Buffers.Binary;

namespace Shims.Ajp;

/// <summary>Reads a packet with a part of a request's body. Allocates and throws nothing.</summary>
/// <remarks><code>
///   length  bytes          nothing at all, as mod_jk sends it, and a length of 0, as Apache does, both end a body
///     2
/// </code>AJPv13 "Request Body". The first one of a body with a length comes unasked; the others are asked for.</remarks>
internal static class BodyPacket
{
    /// <summary>The most that is asked for at a time: what fits into a packet of the usual size.</summary>
    internal const int MostAskedFor = Packet.MaxSentSize - Packet.HeaderSize - sizeof(ushort);

    /// <summary>Reads it.</summary>
    /// <param name="payload">That of a packet.</param>
    /// <param name="part">The bytes of the body; empty at its end.</param>
    /// <returns>Done; InvalidData if the length is another one than that of the bytes that follow: lighttpd sends none.</returns>
    internal static OperationStatus TryRead(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (payload.IsEmpty)
            return OperationStatus.Done;
        if (payload.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(payload) != payload.Length - sizeof(ushort))
            return OperationStatus.InvalidData;
        part = payload[sizeof(ushort)..];
        return OperationStatus.Done;
    }
}
