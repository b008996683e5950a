using System.Net.Sockets;
using Shims.Control.Client;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.ControlTests.Client;

/// <summary>A gateway that sends the same bytes, in the same pieces, for every request.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    internal ScriptedPeer()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.PathTo("s")));
        _listener.Listen();
        _patience.CancelAfter(Patience.Limit);
    }

    /// <summary>Sends it a request.</summary>
    /// <param name="protocol">The protocol of the request.</param>
    /// <param name="pieces">The pieces that it sends before it closes the connection.</param>
    /// <returns>The response, read to its end, and its body.</returns>
    internal async Task<(GatewayResponse Response, byte[] Body)> AskAsync(Protocol protocol, params IEnumerable<byte[]> pieces)
    {
        Task answering = RespondAsync(pieces);
        var request = new TestRequest { Url = RequestUrl.Parse("/x", out _)! };
        GatewayResponse response = await GatewayClient.SendAsync(request, GatewayAddress.Unix(_folder.PathTo("s")), protocol, null, _patience.Token);
        byte[] body;
        await using (response)
            body = await response.ReadToEndAsync(_patience.Token);
        await answering;
        return (response, body);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _patience.Dispose();
        _folder.Dispose();
    }

    private async Task RespondAsync(IEnumerable<byte[]> pieces)
    {
        using Socket connection = await _listener.AcceptAsync(_patience.Token);
        // Read the whole request, so that closing does not reset the connection: it arrives as one message, shorter than the buffer.
        await connection.ReceiveAsync(new byte[65536], _patience.Token);
        try
        {
            foreach (byte[] piece in pieces)
                await connection.SendAsync(piece, _patience.Token);
            connection.Shutdown(SocketShutdown.Send);
            while (await connection.ReceiveAsync(new byte[65536], _patience.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client has closed the connection.
        }
    }
}
