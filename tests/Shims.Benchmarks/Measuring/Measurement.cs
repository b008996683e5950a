namespace Shims.Benchmarks.Measuring;

/// <summary>The samples of one row. Sample i of one side was taken right beside sample i of the other.</summary>
/// <param name="subject">The samples of our side.</param>
/// <param name="baseline">Those of the other one; null if there is none.</param>
internal sealed class Measurement(double[] subject, double[]? baseline)
{
    public Series Subject { get; } = new(subject);

    public Series? Baseline { get; } = baseline is null ? null : new(baseline);

    /// <summary>Subject / baseline, round by round: a slow minute of the machine cancels out, which it would not between two medians.</summary>
    public Series? Ratio { get; } = baseline is null ? null : new(subject.Zip(baseline, (ours, theirs) => ours / theirs));
}
