using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A page asked for by eight clients at once, by wrk, each as soon as it has its last answer. A sample is requests per second.</summary>
internal sealed class LoadSide(Uri page) : ISide
{
    private const int Clients = 8;

    public async Task<double> MeasureAsync(Effort effort)
    {
        string seconds = string.Create(CultureInfo.InvariantCulture, $"-d{effort.Load.TotalSeconds:0}s");
        // One thread of wrk: a second one would take the processor from the servers, on both sides, and tell nothing new.
        var start = new ProcessStartInfo(Tool.PathOf("wrk"), ["-t1", $"-c{Clients}", seconds, "-s", Workshop.Baseline("wrk-totals.lua"), page.ToString()])
        {
            RedirectStandardOutput = true,
        };

        using Process wrk = Process.Start(start)!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return RequestsPerSecond(output);
    }

    private double RequestsPerSecond(string output)
    {
        string? line = Array.Find(output.Split('\n'), line => line.StartsWith("totals ", StringComparison.Ordinal));
        if (line?.Split(' ') is not [_, var microseconds, var requests, .. var errors])
            throw new InvalidMeasurementException($"wrk said: {output}");
        if (errors.Any(count => count != "0") || requests == "0")
            throw new InvalidMeasurementException($"{page}: {requests} requests, failed: to connect, read, write, in time, with another status: {string.Join(", ", errors)}");
        return double.Parse(requests, CultureInfo.InvariantCulture) / double.Parse(microseconds, CultureInfo.InvariantCulture) * 1e6;
    }
}
