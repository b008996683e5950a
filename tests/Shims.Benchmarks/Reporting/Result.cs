using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>How a benchmark ended: with figures, or without them and why.</summary>
/// <param name="Benchmark">Which one.</param>
/// <param name="Measurements">One for each of its gauges; none if there are no figures.</param>
/// <param name="WhyNot">Why there are none.</param>
/// <param name="IsFailure">It could have been measured here, and something answered wrongly.</param>
internal sealed record Result(IBenchmark Benchmark, IReadOnlyList<Measurement> Measurements, string? WhyNot = null, bool IsFailure = false)
{
    /// <summary>Some row of it has missed its target.</summary>
    public bool HasMissed => Benchmark.Gauges.Zip(Measurements).Any(row => row.First.Target.Judge(row.Second) == Verdict.Missed);
}
