using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Sends requests to gateways as a web server does: one request on each connection.</summary>
internal static class GatewayClient
{
    /// <summary>Sends a request and waits for the header of the response. The body of the request may still be in transit then.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">The gateway.</param>
    /// <param name="protocol">SCGI or FastCGI.</param>
    /// <param name="observer">Told of every event; may be null.</param>
    /// <param name="cancellation">Gives up; a command that was started is terminated.</param>
    /// <returns>The response, to be read to its end and disposed of. It may be a faulty one: see
    /// <see cref="GatewayResponse.Fault"/>.</returns>
    /// <exception cref="ShimException">The gateway cannot be connected to or started.</exception>
    internal static async Task<GatewayResponse> SendAsync(TestRequest request, GatewayAddress address, Protocol protocol,
        IGatewayObserver? observer, CancellationToken cancellation)
    {
        observer ??= SilentObserver.Instance;
        var times = new ResponseTimes();
        var errors = new ErrorOutput();
        GatewayConnection connection = await GatewayConnection.OpenAsync(address, observer, errors, times, cancellation);
        return await SendAsync(request, connection, protocol, observer, errors, times, cancellation);
    }

    /// <summary>Sends a request over an open connection, which is closed with the response.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled; the connection is closed.</exception>
    internal static Task<GatewayResponse> SendAsync(TestRequest request, System.Net.Sockets.Socket socket, Protocol protocol,
        IGatewayObserver observer, CancellationToken cancellation)
    {
        var times = new ResponseTimes();
        return SendAsync(request, GatewayConnection.Over(socket, observer, times), protocol, observer, new ErrorOutput(), times,
            cancellation);
    }

    private static async Task<GatewayResponse> SendAsync(TestRequest request, GatewayConnection connection, Protocol protocol,
        IGatewayObserver observer, ErrorOutput errors, ResponseTimes times, CancellationToken cancellation)
    {
        ResponseReader reader = protocol != Protocols.FastCgi ? new ScgiResponseReader(connection)
            : new FastCgiResponseReader(connection, observer, errors);
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

    /// <summary>Writes the bytes of a request into a pipe or a file.</summary>
    internal static async Task WriteAsync(TestRequest request, Protocol protocol, Stream destination, CancellationToken cancellation)
    {
        var writer = new RequestWriter(protocol, SilentObserver.Instance);
        await destination.WriteAsync(writer.Head(request), cancellation);
        await foreach (ReadOnlyMemory<byte> piece in writer.BodyAsync(request, cancellation))
            await destination.WriteAsync(piece, cancellation);
    }

    private static async Task SendAsync(TestRequest request, RequestWriter writer, GatewayConnection connection, ResponseTimes times,
        CancellationToken cancellation)
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
