using System.Buffers;
using Shims.Cgi;

namespace Shims.Ajp;

/// <summary>A page in the packets of a response, for a web server whose request has not been read.</summary>
internal static class PagePackets
{
    /// <summary>Puts the page into packets, after which the connection takes no request.</summary>
    /// <param name="page">Header and body of a CGI response.</param>
    internal static byte[] Of(byte[] page)
    {
        var packets = new byte[Packet.MaxSentSize + ResponseWriter.SizeOfChunk(ResponseWriter.MaxChunk) * (page.Length / ResponseWriter.MaxChunk + 1) + ResponseWriter.EndSize];
        if (!ResponseHead.TryFindEnd(page, out int size) || ResponseWriter.TryWriteHead(page.AsSpan(0, size), packets, out int length) != OperationStatus.Done)
            return page;
        ReadOnlySpan<byte> body = page.AsSpan(size);
        while (!body.IsEmpty)
        {
            ReadOnlySpan<byte> part = body[..Math.Min(body.Length, ResponseWriter.MaxChunk)];
            length += ResponseWriter.WriteChunk(packets.AsSpan(length), part);
            body = body[part.Length..];
        }
        length += ResponseWriter.WriteEnd(packets.AsSpan(length), isReused: false);
        return packets[..length];
    }
}
