using System.Threading.Channels;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Sends requests to gateways as a web server does: one request on each connection.</summary>
internal static class GatewayClient
{
    /// <summary>Sends a request and waits for the header of the response. The body of the request may still be in transit then.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">The gateway.</param>
    /// <param name="protocol">What the gateway speaks.</param>
    /// <param name="observer">Told of every event; may be null.</param>
    /// <param name="cancellation">Gives up; a command that was started is terminated.</param>
    /// <returns>The response, to be read to its end and disposed of. It may be a faulty one: see
    /// <see cref="GatewayResponse.Fault"/>.</returns>
    /// <exception cref="ShimException">The protocol cannot carry the request, or the gateway cannot be connected to or started.</exception>
    internal static async Task<GatewayResponse> SendAsync(TestRequest request, GatewayAddress address, Protocol protocol,
        IGatewayObserver? observer, CancellationToken cancellation)
    {
        observer ??= SilentObserver.Instance;
        // Encoded first: what cannot be sent starts nothing.
        var writer = new RequestWriter(request, protocol);
        var times = new ResponseTimes();
        var errors = new ErrorOutput();
        GatewayConnection connection = await GatewayConnection.OpenAsync(address, observer, errors, times, cancellation);
        return await SendAsync(request, writer, connection, protocol, observer, errors, times, cancellation);
    }

    /// <summary>Sends a request over an open connection, which is closed with the response.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled; the connection is closed.</exception>
    /// <exception cref="ShimException">The protocol cannot carry the request; the connection is open.</exception>
    internal static Task<GatewayResponse> SendAsync(TestRequest request, System.Net.Sockets.Socket socket, Protocol protocol,
        IGatewayObserver observer, CancellationToken cancellation)
    {
        var times = new ResponseTimes();
        return SendAsync(request, new RequestWriter(request, protocol), GatewayConnection.Over(socket, observer, times), protocol, observer, new ErrorOutput(), times,
            cancellation);
    }

    private static async Task<GatewayResponse> SendAsync(TestRequest request, RequestWriter writer, GatewayConnection connection,
        Protocol protocol, IGatewayObserver observer, ErrorOutput errors, ResponseTimes times, CancellationToken cancellation)
    {
        ResponseReader reader = protocol == Protocols.FastCgi ? new FastCgiResponseReader(connection, observer, errors)
            : protocol == Protocols.Ajp13 ? new AjpResponseReader(connection, observer)
            : new RawResponseReader(connection, protocol);
        var response = new GatewayResponse(connection, reader, errors, times, isForHead: request.Method == "HEAD");
        try
        {
            response.StartSending(ending => SendAsync(writer, observer, connection, (reader as AjpResponseReader)?.Asked, times, ending));
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
        var writer = new RequestWriter(request, protocol);
        await destination.WriteAsync(writer.Head, cancellation);
        await foreach (ReadOnlyMemory<byte> piece in writer.BodyAsync(SilentObserver.Instance, asked: null, cancellation))
            await destination.WriteAsync(piece, cancellation);
    }

    private static async Task SendAsync(RequestWriter writer, IGatewayObserver observer, GatewayConnection connection,
        ChannelReader<int>? asked, ResponseTimes times, CancellationToken cancellation)
    {
        writer.Announce(observer);
        if (!await connection.TrySendAsync(writer.Head, cancellation))
            return;
        // Whether a container will ask for more is known at the end of its response only.
        if (asked is not null)
            times.Sent = times.Elapsed;
        await foreach (ReadOnlyMemory<byte> piece in writer.BodyAsync(observer, asked, cancellation))
        {
            if (!await connection.TrySendAsync(piece, cancellation))
                return;
            if (asked is not null)
                times.Sent = times.Elapsed;
        }
        times.Sent ??= times.Elapsed;
    }
}
