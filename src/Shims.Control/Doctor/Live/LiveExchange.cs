using System.Diagnostics;
using System.Text;
using Shims.Control.Client;
using Shims.Gateway.Connections;
using Shims.Posix;

namespace Shims.Control.Doctor.Live;

/// <summary>Sends one request and receives the response, or as much of it as comes in time.</summary>
/// <param name="address">The gateway.</param>
/// <param name="protocol">The protocol to speak.</param>
/// <param name="patience">How long the response may take.</param>
internal sealed class LiveExchange(GatewayAddress address, Protocol protocol, TimeSpan patience) : IGatewayObserver
{
    private const int MaxKept = 64 * 1024;

    /// <summary>The time that a command has to end after its response.</summary>
    private static readonly TimeSpan s_endPatience = TimeSpan.FromSeconds(1);

    private readonly MemoryStream _said = new();
    private readonly MemoryStream _received = new();
    private readonly MemoryStream _page = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private GatewayResponse? _reply;
    private TimeSpan _lastBody;
    private int _process;

    /// <summary>Sends a request; and if the response redirects to the same path with a slash at its end, one more.</summary>
    /// <param name="address">The gateway.</param>
    /// <param name="protocol">The protocol to speak.</param>
    /// <param name="patience">How long each response may take.</param>
    /// <param name="request">The request.</param>
    /// <param name="atSlash">Makes the request for the path with the slash; null leaves it at the redirect.</param>
    /// <exception cref="Diagnostics.ShimException">The gateway cannot be reached or started.</exception>
    internal static LiveResponse Ask(GatewayAddress address, Protocol protocol, TimeSpan patience, TestRequest request,
        Func<RequestUrl, TestRequest?> atSlash)
    {
        LiveResponse Send(TestRequest one) => new LiveExchange(address, protocol, patience).SendAsync(one).GetAwaiter().GetResult();
        LiveResponse response = Send(request);
        return response.SlashOf(request.Url) is { } home && atSlash(home) is { } second ? Send(second) : response;
    }

    /// <summary>Sends the request.</summary>
    /// <exception cref="Diagnostics.ShimException">The gateway cannot be reached or started.</exception>
    private async Task<LiveResponse> SendAsync(TestRequest request)
    {
        using var ending = new CancellationTokenSource();
        Task<LiveResponse> response = ReceiveAsync(request, ending.Token);
        if (await Task.WhenAny(response, Task.Delay(patience, CancellationToken.None)) == response)
            return await response;
        var processes = StartedProcesses.Below(Volatile.Read(ref _process));
        await ending.CancelAsync();
        processes.Stop();
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new LiveResponse
        {
            IsTooSlow = true,
            GoesOn = _lastBody > patience / 2,
            Head = _reply?.Head,
            BodyLength = _reply?.BodyLength ?? 0,
            Page = Copy(_page),
            Unfinished = _reply?.Head is null ? Copy(_received) : [],
            Said = Encoding.UTF8.GetString(Copy(_said)),
            Time = Stopwatch.GetElapsedTime(_start),
        };
    }

    void IGatewayObserver.OnStarted(int process) => Volatile.Write(ref _process, process);

    void IGatewayObserver.OnStandardError(ReadOnlySpan<byte> bytes) => Keep(_said, bytes);

    void IGatewayObserver.OnReceived(ReadOnlySpan<byte> bytes) => Keep(_received, bytes);

    private async Task<LiveResponse> ReceiveAsync(TestRequest request, CancellationToken cancellation)
    {
        await using GatewayResponse reply = await GatewayClient.SendAsync(request, address, protocol, this, cancellation);
        _reply = reply;
        var buffer = new byte[32 * 1024];
        for (int count; (count = await reply.ReadBodyAsync(buffer, cancellation)) > 0; _lastBody = Stopwatch.GetElapsedTime(_start))
            Keep(_page, buffer.AsSpan(0, count));
        ExitStatus? exit = await reply.AwaitExitAsync(s_endPatience);
        return new LiveResponse
        {
            Head = reply.Head,
            Unfinished = reply.Unfinished,
            Page = Copy(_page),
            BodyLength = reply.BodyLength,
            Fault = reply.Fault,
            Said = reply.StandardError,
            Exit = exit,
            Time = reply.Times.LastByte ?? reply.Times.Elapsed,
        };
    }

    private static void Keep(MemoryStream into, ReadOnlySpan<byte> bytes)
    {
        lock (into)
            into.Write(bytes[..(int)Math.Min(bytes.Length, MaxKept - into.Length)]);
    }

    private static byte[] Copy(MemoryStream kept)
    {
        lock (kept)
            return kept.ToArray();
    }
}
