using System.Buffers;
using Shims.Ajp;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>The packets that are to be sent on an AJP13 connection, within a bound.</summary>
internal sealed class PacketQueue(Transport transport) : IDisposable
{
    /// <summary>Bytes that may wait to be sent: eight chunks go out with one system call.</summary>
    private const int Bound = 8 * Packet.MaxSentSize;

    private readonly NativeBuffer _packets = new(Bound);

    /// <summary>True if nothing waits to be sent.</summary>
    internal bool IsEmpty => _packets.IsEmpty;

    /// <summary>True if more may be queued.</summary>
    internal bool HasRoom => _packets.Length < Bound / 2;

    /// <summary>Queues the header of a response.</summary>
    /// <param name="head">As for <see cref="ResponseWriter.TryWriteHead"/>.</param>
    /// <returns>False if it fits into no packet.</returns>
    internal bool TryWriteHead(ReadOnlySpan<byte> head)
    {
        bool fits = ResponseWriter.TryWriteHead(head, _packets.RoomFor(Packet.MaxSentSize), out int written) == OperationStatus.Done;
        _packets.Added(written);
        return fits;
    }

    /// <summary>Queues what there is room for of a response's body.</summary>
    /// <returns>Bytes of the body.</returns>
    internal int WriteBody(ReadOnlySpan<byte> body)
    {
        int written = 0;
        while (written < body.Length && _packets.Free > ResponseWriter.SizeOfChunk(0))
        {
            int count = Math.Min(body.Length - written, Math.Min(_packets.Free - ResponseWriter.SizeOfChunk(0), ResponseWriter.MaxChunk));
            _packets.Added(ResponseWriter.WriteChunk(_packets.RoomFor(ResponseWriter.SizeOfChunk(count)), body.Slice(written, count)));
            written += count;
        }
        return written;
    }

    /// <summary>Queues an empty chunk: Apache sends on what it has held back.</summary>
    internal void WriteFlush() => _packets.Added(ResponseWriter.WriteChunk(_packets.RoomFor(ResponseWriter.SizeOfChunk(0)), default));

    /// <summary>Queues a question for more of the request's body.</summary>
    internal void WriteAsk(int count) => _packets.Added(ResponseWriter.WriteAsk(_packets.RoomFor(ResponseWriter.AskSize), count));

    internal void WritePong() => _packets.Added(ResponseWriter.WritePong(_packets.RoomFor(ResponseWriter.PongSize)));

    /// <summary>Queues the end of the response.</summary>
    internal void WriteEnd(bool isReused) => _packets.Added(ResponseWriter.WriteEnd(_packets.RoomFor(ResponseWriter.EndSize), isReused));

    /// <summary>Sends what the peer takes now.</summary>
    /// <returns>True if that has made room for a response that was waiting for it.</returns>
    internal bool Flush()
    {
        bool wasFull = !HasRoom;
        int sent;
        while (!_packets.IsEmpty && (sent = transport.Send(_packets.Bytes)) > 0)
            _packets.Remove(sent);
        return wasFull && HasRoom;
    }

    /// <summary>Gives the memory back until something is queued.</summary>
    internal void Trim()
    {
        if (_packets.IsEmpty)
            _packets.Dispose();
    }

    public void Dispose() => _packets.Dispose();
}
