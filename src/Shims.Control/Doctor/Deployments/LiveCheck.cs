using System.Globalization;
using Shims.Control.Client;
using Shims.Control.Doctor.Live;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Sends one real request through a socket, as the web server would, and judges the answer.</summary>
internal static class LiveCheck
{
    /// <summary>Sends it.</summary>
    /// <param name="route">Who would send it.</param>
    /// <param name="script">The script that will answer.</param>
    /// <param name="url">The path of the site.</param>
    /// <param name="variables">What the web server sends beside the usual.</param>
    /// <param name="settings">For whom, and how far.</param>
    internal static IEnumerable<Finding> Send(Route route, string script, string url, IReadOnlyDictionary<string, string> variables, DoctorSettings settings)
    {
        if (route.Address is not { } to || RequestUrl.Parse(url, out _) is not { } parsed)
            return [];
        GatewayAddress address = to.Path is { } path ? GatewayAddress.Unix(path) : GatewayAddress.Tcp(to.Host ?? "127.0.0.1", to.Port);
        var request = new TestRequest
        {
            Url = parsed,
            Headers = [("User-Agent", "shimctl"), ("Accept", "*/*")],
            Parameters = [.. variables.Select(pair => (pair.Key, (string?)pair.Value))],
        };
        try
        {
            using var patience = new CancellationTokenSource(settings.Patience);
            LiveAnswer answer = ReceiveAsync(request, address, route.Protocol, patience.Token).GetAwaiter().GetResult();
            return Judge(to, url, new ScriptCase(script, settings), answer);
        }
        catch (OperationCanceledException)
        {
            return [new Finding(Severity.Warning, to.ToString(), string.Create(CultureInfo.InvariantCulture, $"{url} has not been answered in full within {settings.Patience.TotalSeconds:0.#} s")) { Advice = "see what the script waits for; --patience SECONDS waits longer here" }];
        }
        catch (ShimException fault)
        {
            return [new Finding(Severity.Error, to.ToString(), fault.Message)];
        }
    }

    private static IEnumerable<Finding> Judge(SocketAddress to, string url, ScriptCase script, LiveAnswer answer)
    {
        // The gateway's own pages: what they say is in its log.
        if (answer.Head is { Fault: null, Status: >= 400 and var status } && answer.Fault is null)
            return [new Finding(Severity.Error, to.ToString(), string.Create(CultureInfo.InvariantCulture, $"{url} is answered with {status}")) { Advice = "the super-server's log, or the web server's, says why; or ask about the script itself: " + $"shimctl doctor {ShellWords.Path(script.Path)}" }];
        return AnswerJudgement.Judge(script, answer);
    }

    private static async Task<LiveAnswer> ReceiveAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        await using GatewayResponse reply = await GatewayClient.SendAsync(request, address, protocol, null, cancellation);
        var buffer = new byte[32 * 1024];
        while (await reply.ReadBodyAsync(buffer, cancellation) > 0)
        {
            // Only how much it is counts.
        }
        return new LiveAnswer { Head = reply.Head, Unfinished = reply.Unfinished, BodyLength = reply.BodyLength, Fault = reply.Fault, Said = reply.StandardError, Exit = reply.CommandStatus, Time = reply.Times.LastByte ?? reply.Times.Elapsed };
    }
}
