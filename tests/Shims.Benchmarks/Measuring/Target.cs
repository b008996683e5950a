using System.Globalization;

namespace Shims.Benchmarks.Measuring;

/// <summary>What a row's ratio is to be: at most a limit (times), at least one (rates), or just known.</summary>
internal sealed record Target
{
    private readonly double _limit;
    private readonly bool _isUpperBound;
    private readonly bool _isInformative;

    private Target(double limit, bool isUpperBound, bool isInformative) =>
        (_limit, _isUpperBound, _isInformative) = (limit, isUpperBound, isInformative);

    public static Target None { get; } = new(0, false, true);

    public static Target AtMost(double limit) => new(limit, true, false);

    public static Target AtLeast(double limit) => new(limit, false, false);

    public Verdict Judge(double ratio) =>
        _isInformative ? Verdict.Informative
        : (_isUpperBound ? ratio <= _limit : ratio >= _limit) ? Verdict.Met
        : Verdict.Missed;

    public override string ToString() => _isInformative ? "none" : string.Create(CultureInfo.InvariantCulture, $"{(_isUpperBound ? '≤' : '≥')} {_limit:0.00}×");
}
