using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Sends one request and shows the response: body to standard output, all else to standard error.</summary>
internal sealed class ResponseDisplay
{
    /// <summary>What the command answers where --fail is given and the status is an error.</summary>
    internal const int StatusIsError = 1;

    internal bool IncludesHeader { get; init; }

    internal bool IsVerbose { get; init; }

    internal bool IsJson { get; init; }

    internal bool FailsOnStatus { get; init; }

    /// <summary>Sends it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ShimException">There is no connection, or the response is broken.</exception>
    internal async Task<int> ShowAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        IGatewayObserver observer = IsVerbose ? new ConversationLog(Console.Error, protocol) : IsJson ? SilentObserver.Instance : new ErrorEcho();
        await using GatewayResponse response = await GatewayClient.SendAsync(request, address, protocol, observer, cancellation);
        if (IsVerbose && response.Head is not null)
            ((ConversationLog)observer).ShowHead(response.Head);
        byte[] body = [];
        await using (var output = new StandardOutput())
        {
            if (IsJson)
            {
                body = await response.ReadToEndAsync(cancellation);
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(RequestJson.Serialize(RequestResult.Of(request, address, protocol, response, body)) + "\n"), cancellation);
            }
            else
            {
                await CopyAsync(response, output, cancellation);
            }
        }
        if (IsVerbose)
            ((ConversationLog)observer).ShowEnd(response);
        // A body that could not be read is the caller's to know of, though a response may have come.
        if (response.Sending.IsFaulted)
            await response.Sending;
        if (response.Fault is { } fault)
            throw new ShimException(ExitCode.PeerError, fault.Cause, fault.Cure);
        return FailsOnStatus && response.Head!.Status >= 400 ? StatusIsError : (int)ExitCode.Served;
    }

    private async Task CopyAsync(GatewayResponse response, Stream output, CancellationToken cancellation)
    {
        // What came of a header is shown too: it says more than that it is incomplete.
        await output.WriteAsync(response.Head is null ? response.Unfinished : IncludesHeader ? response.Head.Raw : [], cancellation);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await response.ReadBodyAsync(buffer, cancellation)) > 0;)
            await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
    }
}
