using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Sends one request and shows the response: its body on standard output, everything else on standard error.</summary>
internal sealed class ResponseDisplay
{
    /// <summary>Exit status for a response of 400 or more, with --fail.</summary>
    internal const int StatusIsError = 1;

    internal bool IncludesHeader { get; init; }

    internal bool IsVerbose { get; init; }

    internal bool IsJson { get; init; }

    internal bool FailsOnStatus { get; init; }

    /// <summary>Sends the request and shows the response.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="ShimException">The connection failed, or the response is faulty.</exception>
    internal async Task<int> ShowAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        IGatewayObserver observer = IsVerbose ? new ConversationLog(Console.Error, protocol)
            : IsJson ? SilentObserver.Instance
            : new ErrorEcho();
        await using GatewayResponse response = await GatewayClient.SendAsync(request, address, protocol, observer, cancellation);
        if (IsVerbose && response.Head is not null)
            ((ConversationLog)observer).ShowHead(response.Head);
        byte[] body = [];
        await using (var output = new StandardOutput())
        {
            if (IsJson)
            {
                body = await response.ReadToEndAsync(cancellation);
                string json = RequestJson.Serialize(RequestResult.Of(request, address, protocol, response, body));
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(json + "\n"), cancellation);
            }
            else
            {
                await CopyAsync(response, output, cancellation);
            }
        }
        if (IsVerbose)
            ((ConversationLog)observer).ShowEnd(response);
        // The body of the request could not be read. That counts even if there is a response.
        if (response.Sending.IsFaulted)
            await response.Sending;
        if (response.Fault is { } fault)
            throw new ShimException(ExitCode.PeerError, fault.Cause, fault.Cure);
        return FailsOnStatus && response.Head!.Status >= 400 ? StatusIsError : (int)ExitCode.Served;
    }

    private async Task CopyAsync(GatewayResponse response, Stream output, CancellationToken cancellation)
    {
        // An incomplete header is shown too: it says more than the error message.
        await output.WriteAsync(response.Head is null ? response.Unfinished : IncludesHeader ? response.Head.Raw : [], cancellation);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await response.ReadBodyAsync(buffer, cancellation)) > 0;)
            await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
    }
}
