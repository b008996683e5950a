using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A page asked for by eight clients at once, by wrk, each as soon as it has its last answer. A sample is requests per second.</summary>
internal sealed class LoadSide(Uri page) : ISide
{
    public const int ClientCount = 8;

    public async Task<double[]> MeasureAsync(Effort effort) => [(await AskAsync(effort)).Rate];

    /// <summary>Requests per second, and how many that were.</summary>
    /// <exception cref="InvalidMeasurementException">A request has failed.</exception>
    public async Task<(double Rate, double Requests)> AskAsync(Effort effort)
    {
        // One thread of wrk: a second one would take the processor from the servers, on both sides, and tell nothing new.
        string[] arguments =
        [
            "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{ClientCount}"), string.Create(CultureInfo.InvariantCulture, $"-d{effort.Load.TotalSeconds:0}s"),
            "--timeout", "10s", "-s", Workshop.Baseline("wrk-totals.lua"), page.ToString(),
        ];
        using Process wrk = Process.Start(new ProcessStartInfo(Tool.PathOf("wrk"), arguments) { RedirectStandardOutput = true })!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return Read(output);
    }

    /// <summary>Reads what wrk has printed.</summary>
    /// <exception cref="InvalidMeasurementException">A request has failed, or there was none.</exception>
    internal (double Rate, double Requests) Read(string output)
    {
        string? line = Array.Find(output.Split('\n'), line => line.StartsWith("totals ", StringComparison.Ordinal));
        if (line?.Split(' ') is not [_, var microseconds, var requests, .. var errors])
            throw new InvalidMeasurementException($"wrk said: {output}");
        if (errors.Length != 5 || errors.Any(count => count != "0") || requests == "0")
            throw new InvalidMeasurementException($"{page}: {requests} requests, failed: to connect, read, write, in time, with another status: {string.Join(", ", errors)}");
        return (Parse(requests) / Parse(microseconds) * 1e6, Parse(requests));
    }

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
