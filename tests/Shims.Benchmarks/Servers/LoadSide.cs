using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A page asked for by some clients at once, by wrk, each as soon as it has its last answer. A sample is requests per second.</summary>
internal sealed class LoadSide(Uri page) : ISide
{
    /// <summary>The sample is followed by the time within which 99 of 100 requests were answered, in nanoseconds.</summary>
    public bool TakesTail { get; init; }

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        (double rate, double tail) = await MeasureAsync(effort, clients: 8);
        return TakesTail ? [rate, tail] : [rate];
    }

    /// <summary>The same by another number of clients.</summary>
    /// <exception cref="InvalidMeasurementException">A request has failed.</exception>
    public async Task<(double Rate, double Tail)> MeasureAsync(Effort effort, int clients)
    {
        // One thread of wrk: a second one would take the processor from the servers, on both sides, and tell nothing new.
        string[] arguments =
        [
            "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{clients}"), string.Create(CultureInfo.InvariantCulture, $"-d{effort.Load.TotalSeconds:0}s"),
            "--timeout", "10s", "-s", Workshop.Baseline("wrk-totals.lua"), page.ToString(),
        ];
        using Process wrk = Process.Start(new ProcessStartInfo(Tool.PathOf("wrk"), arguments) { RedirectStandardOutput = true })!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return Read(output);
    }

    /// <summary>Reads what wrk has printed.</summary>
    /// <exception cref="InvalidMeasurementException">A request has failed, or there was none.</exception>
    internal (double Rate, double Tail) Read(string output)
    {
        string? line = Array.Find(output.Split('\n'), line => line.StartsWith("totals ", StringComparison.Ordinal));
        if (line?.Split(' ') is not [_, var microseconds, var requests, var tail, .. var errors])
            throw new InvalidMeasurementException($"wrk said: {output}");
        if (errors.Length != 5 || errors.Any(count => count != "0") || requests == "0")
            throw new InvalidMeasurementException($"{page}: {requests} requests, failed: to connect, read, write, in time, with another status: {string.Join(", ", errors)}");
        return (Parse(requests) / Parse(microseconds) * 1e6, Parse(tail) * 1e3);
    }

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
