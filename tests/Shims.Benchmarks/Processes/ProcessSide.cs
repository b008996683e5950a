using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Processes;

/// <summary>Whole processes. A sample is the median of one batch, in nanoseconds.</summary>
internal sealed class ProcessSide(Workshop workshop, Descriptors descriptors, string request, string expected, params string[] command) : ISide
{
    private readonly Stopwatch _stopwatch = new(workshop);

    public async Task<double[]> MeasureAsync(Effort effort) =>
        [(await _stopwatch.TimeAsync(descriptors, effort.Processes, request, expected, command)).Median];
}
