using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>How a row ended: with figures, or without them and why.</summary>
/// <param name="Measurement">Null if there are none.</param>
/// <param name="WhyNot">Why there are none.</param>
/// <param name="IsFailure">It could have been measured here, and something answered wrongly.</param>
internal sealed record Result(IBenchmark Benchmark, Measurement? Measurement, string? WhyNot = null, bool IsFailure = false);
