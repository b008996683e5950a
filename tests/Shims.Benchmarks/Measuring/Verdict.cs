namespace Shims.Benchmarks.Measuring;

/// <summary>How a row came out against its target.</summary>
internal enum Verdict
{
    Informative,
    Met,
    Missed,
}
