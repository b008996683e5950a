using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Processes;

/// <summary>Starts whole processes one after the other and times each: baseline/stopwatch.c.</summary>
internal sealed class Stopwatch(Workshop workshop)
{
    private readonly string _program = workshop.Compile("stopwatch.c");

    /// <summary>Nanoseconds of each process.</summary>
    /// <param name="descriptors">What the process finds on descriptor 0.</param>
    /// <param name="iterations">How many processes.</param>
    /// <param name="request">A file with what each is asked.</param>
    /// <param name="expected">A part of its answer; empty: there must be none.</param>
    /// <param name="command">The program's path and its arguments.</param>
    /// <exception cref="InvalidMeasurementException">An answer was not as expected.</exception>
    public async Task<Series> TimeAsync(Descriptors descriptors, int iterations, string request, string expected, params string[] command)
    {
        string how = descriptors == Descriptors.Connected ? "connected" : "listening";
        var start = new ProcessStartInfo(_program, [how, iterations.ToString(CultureInfo.InvariantCulture), request, expected, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process stopwatch = Process.Start(start)!;
        Task<string> errors = stopwatch.StandardError.ReadToEndAsync();
        string output = await stopwatch.StandardOutput.ReadToEndAsync();
        await stopwatch.WaitForExitAsync();
        if (stopwatch.ExitCode != 0)
            throw new InvalidMeasurementException($"{string.Join(' ', command)}: {await errors}");
        return new Series(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture)));
    }
}
