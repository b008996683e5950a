using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Processes;

/// <summary>Whole processes, started one after the other by baseline/stopwatch.c. A sample is the median of one batch, in nanoseconds.</summary>
internal sealed class ProcessSide(Workshop workshop, Descriptors descriptors, string request, string expected, params string[] command) : ISide
{
    private readonly string _stopwatch = workshop.Compile("stopwatch.c");

    public async Task<double> MeasureAsync(Effort effort)
    {
        string how = descriptors == Descriptors.Connected ? "connected" : "listening";
        string iterations = effort.Processes.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(_stopwatch, [how, iterations, request, expected, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process stopwatch = Process.Start(start)!;
        Task<string> errors = stopwatch.StandardError.ReadToEndAsync();
        string output = await stopwatch.StandardOutput.ReadToEndAsync();
        await stopwatch.WaitForExitAsync();
        if (stopwatch.ExitCode != 0)
            throw new InvalidMeasurementException($"{command[0]}: {await errors}");

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Series(lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))).Median;
    }
}
