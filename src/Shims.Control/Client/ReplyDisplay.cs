using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Sends one request and shows the reply: body to standard output, all else to standard error.</summary>
internal sealed class ReplyDisplay
{
    /// <summary>What the command answers where --fail is given and the status is an error.</summary>
    internal const int StatusIsError = 1;

    internal bool IncludesHeader { get; init; }

    internal bool IsVerbose { get; init; }

    internal bool IsJson { get; init; }

    internal bool FailsOnStatus { get; init; }

    /// <summary>Sends it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ShimException">There is no connection, or the reply is broken.</exception>
    internal async Task<int> ShowAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        IGatewayObserver observer = IsVerbose ? new ConversationLog(Console.Error, protocol) : IsJson ? SilentObserver.Instance : new ErrorEcho();
        await using GatewayReply reply = await GatewayClient.SendAsync(request, address, protocol, observer, cancellation);
        if (IsVerbose && reply.Head is not null)
            ((ConversationLog)observer).ShowHead(reply.Head);
        byte[] body = [];
        await using (var output = new StandardOutput())
        {
            if (IsJson)
            {
                body = await reply.ReadToEndAsync(cancellation);
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(RequestJson.Serialize(RequestResult.Of(request, address, protocol, reply, body)) + "\n"), cancellation);
            }
            else
            {
                await CopyAsync(reply, output, cancellation);
            }
        }
        if (IsVerbose)
            ((ConversationLog)observer).ShowEnd(reply);
        // A body that could not be read is the caller's to know of, though a reply may have come.
        if (reply.Sending.IsFaulted)
            await reply.Sending;
        if (reply.Fault is { } fault)
            throw new ShimException(ExitCode.PeerError, fault.Cause, fault.Cure);
        return FailsOnStatus && reply.Head!.Status >= 400 ? StatusIsError : (int)ExitCode.Served;
    }

    private async Task CopyAsync(GatewayReply reply, Stream output, CancellationToken cancellation)
    {
        // What came of a header is shown too: it says more than that it is incomplete.
        await output.WriteAsync(reply.Head is null ? reply.Unfinished : IncludesHeader ? reply.Head.Raw : [], cancellation);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await reply.ReadBodyAsync(buffer, cancellation)) > 0;)
            await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
    }
}
