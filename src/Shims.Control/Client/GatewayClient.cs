using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Plays the web server towards a gateway: one request on one connection.</summary>
internal static class GatewayClient
{
    /// <summary>Sends a request and waits for the header of the response. The body of the request may still be on its way then.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="address">Where to.</param>
    /// <param name="protocol">SCGI or FastCGI.</param>
    /// <param name="observer">Is told of all that happens; null for nobody.</param>
    /// <param name="cancellation">Gives up. What has been started is asked to end.</param>
    /// <returns>The response, to be read to its end and disposed of. A response that is broken is one too: see <see cref="GatewayResponse.Fault"/>.</returns>
    /// <exception cref="ShimException">Nobody can be reached or started.</exception>
    internal static async Task<GatewayResponse> SendAsync(TestRequest request, GatewayAddress address, Protocol protocol, IGatewayObserver? observer, CancellationToken cancellation)
    {
        observer ??= SilentObserver.Instance;
        var times = new ResponseTimes();
        var errors = new ErrorOutput();
        GatewayConnection connection = await GatewayConnection.OpenAsync(address, observer, errors, times, cancellation);
        return await SendAsync(request, connection, protocol, observer, errors, times, cancellation);
    }

    /// <summary>The same over a connection that stands already. It is closed with the response.</summary>
    /// <exception cref="OperationCanceledException">It was given up; the connection is closed.</exception>
    internal static Task<GatewayResponse> SendAsync(TestRequest request, System.Net.Sockets.Socket socket, Protocol protocol, IGatewayObserver observer, CancellationToken cancellation)
    {
        var times = new ResponseTimes();
        return SendAsync(request, GatewayConnection.Over(socket, observer, times), protocol, observer, new ErrorOutput(), times, cancellation);
    }

    private static async Task<GatewayResponse> SendAsync(TestRequest request, GatewayConnection connection, Protocol protocol, IGatewayObserver observer, ErrorOutput errors, ResponseTimes times, CancellationToken cancellation)
    {
        ResponseReader reader = protocol == Protocols.Scgi ? new ScgiResponseReader(connection) : new FastCgiResponseReader(connection, observer, errors);
        var response = new GatewayResponse(connection, reader, errors, times, isForHead: request.Method == "HEAD");
        try
        {
            response.StartSending(ending => SendAsync(request, new RequestWriter(protocol, observer), connection, times, ending));
            await response.ReadHeadAsync(cancellation);
            return response;
        }
        catch
        {
            await response.DisposeAsync();
            throw;
        }
    }

    /// <summary>The request's bytes as they would be sent: for a pipe or a file.</summary>
    internal static async Task WriteAsync(TestRequest request, Protocol protocol, Stream destination, CancellationToken cancellation)
    {
        var writer = new RequestWriter(protocol, SilentObserver.Instance);
        await destination.WriteAsync(writer.Head(request), cancellation);
        await foreach (ReadOnlyMemory<byte> piece in writer.BodyAsync(request, cancellation))
            await destination.WriteAsync(piece, cancellation);
    }

    private static async Task SendAsync(TestRequest request, RequestWriter writer, GatewayConnection connection, ResponseTimes times, CancellationToken cancellation)
    {
        if (!await connection.TrySendAsync(writer.Head(request), cancellation))
            return;
        await foreach (ReadOnlyMemory<byte> piece in writer.BodyAsync(request, cancellation))
        {
            if (!await connection.TrySendAsync(piece, cancellation))
                return;
        }
        times.Sent = times.Elapsed;
    }
}
