namespace Shims.Benchmarks.Measuring;

/// <summary>Samples of one thing, summed up by values that a single odd sample cannot move.</summary>
internal sealed class Series(IEnumerable<double> samples)
{
    private readonly double[] _sorted = [.. samples.Order()];

    public double Median => Quantile(0.5);

    /// <summary>A quarter of the samples lie below.</summary>
    public double Low => Quantile(0.25);

    /// <summary>A quarter of the samples lie above.</summary>
    public double High => Quantile(0.75);

    private double Quantile(double share)
    {
        double position = share * (_sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((_sorted[above] - _sorted[below]) * (position - below));
    }
}
