using System.Buffers;
using Shims.Ajp;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Takes what arrives on an AJP13 connection apart into packets.</summary>
internal sealed class PacketInput(Transport transport) : IDisposable
{
    private readonly NativeBuffer _bytes = new(Packet.MaxSize);

    /// <summary>True if a packet has begun to come in, and has not been taken.</summary>
    internal bool HasPart => !_bytes.IsEmpty;

    /// <summary>What has come in and has not been taken.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.Bytes;

    /// <summary>Reads what has arrived.</summary>
    /// <returns>Bytes; 0 at the end of input; -1 if there is nothing for now.</returns>
    internal nint Fill()
    {
        nint count = transport.Receive(_bytes.Room);
        _bytes.Added((int)Math.Max(count, 0));
        return count;
    }

    /// <inheritdoc cref="Packet.TryRead"/>
    internal OperationStatus TryRead(out ReadOnlySpan<byte> payload) => Packet.TryRead(_bytes.Bytes, out payload);

    /// <summary>Takes the packet that has been read.</summary>
    internal void Remove(int payloadLength) => _bytes.Remove(Packet.HeaderSize + payloadLength);

    /// <summary>Gives the memory back until something comes in.</summary>
    internal void Trim()
    {
        if (_bytes.IsEmpty)
            _bytes.Dispose();
    }

    public void Dispose() => _bytes.Dispose();
}
