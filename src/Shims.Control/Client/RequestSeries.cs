using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Repeats a request, several at a time, each on a connection of its own.</summary>
/// <param name="request">The request, without its body.</param>
/// <param name="body">The body; null for none.</param>
internal sealed class RequestSeries(TestRequest request, byte[]? body, GatewayAddress address, Protocol protocol)
{
    private readonly ConcurrentBag<double> _milliseconds = [];
    private readonly ConcurrentDictionary<string, int> _statuses = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private int _left;
    private int _worst;
    private long _bytes;

    /// <summary>Sends the requests.</summary>
    /// <param name="count">Number of requests.</param>
    /// <param name="concurrency">Number of requests at a time.</param>
    internal async Task<SeriesResult> RunAsync(int count, int concurrency, CancellationToken cancellation)
    {
        _left = count;
        concurrency = Math.Min(count, concurrency);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => WorkAsync(cancellation), cancellation)));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        return new SeriesResult
        {
            Requests = count,
            Concurrency = concurrency,
            Seconds = elapsed.TotalSeconds,
            RequestsPerSecond = (count - _failures.Values.Sum()) / elapsed.TotalSeconds,
            BodyBytes = _bytes,
            Statuses = new SortedDictionary<string, int>(_statuses, StringComparer.Ordinal),
            Failures = new SortedDictionary<string, int>(_failures, StringComparer.Ordinal),
            Latency = Latency.Of([.. _milliseconds]),
            ExitCode = (ExitCode)_worst,
        };
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        var buffer = new byte[32 * 1024];
        while (Interlocked.Decrement(ref _left) >= 0)
        {
            try
            {
                TestRequest next = body is null ? request : request.WithBody(body);
                await using GatewayResponse response = await GatewayClient.SendAsync(next, address, protocol, null, cancellation);
                while (await response.ReadBodyAsync(buffer, cancellation) > 0)
                {
                }
                Count(response);
            }
            catch (ShimException exception)
            {
                Fail(exception.Message, exception.ExitCode);
            }
        }
    }

    private void Count(GatewayResponse response)
    {
        Interlocked.Add(ref _bytes, response.BodyLength);
        if (response.Fault is { } fault)
        {
            Fail(fault.Cause, ExitCode.PeerError);
            return;
        }
        _milliseconds.Add(response.Times.LastByte!.Value.TotalMilliseconds);
        _statuses.AddOrUpdate(response.Head!.Status.ToString(CultureInfo.InvariantCulture), 1, static (_, count) => count + 1);
    }

    /// <summary>Counts a failure by its cause. A protocol error outranks a connection error in the exit status.</summary>
    private void Fail(string cause, ExitCode exitCode)
    {
        _failures.AddOrUpdate(cause, 1, static (_, count) => count + 1);
        lock (_failures)
            _worst = Math.Max(_worst, (int)exitCode);
    }
}
