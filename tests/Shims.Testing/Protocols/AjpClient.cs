using System.Net.Sockets;

namespace Shims.Testing;

/// <summary>The web server's side of AJP13, written from the specification and apart from the product.</summary>
public sealed class AjpClient(Connection connection) : IDisposable
{
    /// <summary>The most of a body in one packet, as mod_proxy_ajp sends it.</summary>
    private const int Part = 8186;

    private byte[] _held = [];

    public Connection Connection { get; } = connection;

    /// <summary>CPING.</summary>
    public static byte[] CPing => AjpRequestData.Packet(10);

    /// <summary>Sends a request, its first part unasked and the others when they are asked for, and reads its response.</summary>
    public async Task<AjpReply> ExchangeAsync(AjpRequestData request, ReadOnlyMemory<byte> body = default, TimeSpan? limit = null)
    {
        await Connection.SendAsync(request.ToBytes());
        if (request.Length > 0)
            await SendPartAsync();
        return await ReceiveReplyAsync(SendPartAsync, limit);

        async Task SendPartAsync()
        {
            int count = Math.Min(body.Length, Part);
            await Connection.SendAsync(AjpRequestData.BodyPacket(body.Span[..count]));
            body = body[count..];
        }
    }

    /// <summary>Reads to END_RESPONSE, or to the end of the connection.</summary>
    /// <param name="asked">What is done when more of the body is asked for.</param>
    /// <param name="limit">How long a packet may take.</param>
    public async Task<AjpReply> ReceiveReplyAsync(Func<Task>? asked = null, TimeSpan? limit = null)
    {
        var packets = new List<AjpPacket>();
        try
        {
            while (await ReceiveAsync(limit) is { } packet)
            {
                packets.Add(packet);
                if (packet.Type == AjpPacket.GetBodyChunk && asked is not null)
                    await asked();
                if (packet.Type == AjpPacket.EndResponse)
                    break;
            }
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionReset)
        {
            return new AjpReply(packets, WasReset: true);
        }
        return new AjpReply(packets);
    }

    /// <summary>Reads one packet; null at the end of the connection.</summary>
    /// <exception cref="InvalidDataException">The connection ended within one.</exception>
    public async Task<AjpPacket?> ReceiveAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience.Limit);
        byte[] buffer = new byte[65536];
        while (_held.Length < 4 || _held.Length < 4 + (_held[2] << 8 | _held[3]))
        {
            int count = await Connection.Socket.ReceiveAsync(buffer, patience.Token);
            if (count == 0)
                return _held.Length == 0 ? null : throw new InvalidDataException($"the connection ended within a packet: {Convert.ToHexString(_held)}");
            _held = [.. _held, .. buffer[..count]];
        }
        int size = 4 + (_held[2] << 8 | _held[3]);
        AjpPacket packet = AjpPacket.Read(_held.AsSpan(0, size))[0];
        _held = _held[size..];
        return packet;
    }

    public void Dispose() => Connection.Dispose();
}
