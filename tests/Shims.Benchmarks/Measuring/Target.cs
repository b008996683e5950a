using System.Globalization;

namespace Shims.Benchmarks.Measuring;

/// <summary>What is to come out: a ratio of at most a limit (times, sizes) or at least one (rates), a figure of at most one, both, or neither.</summary>
internal sealed record Target
{
    private double? _ratio;
    private bool _isUpperBound;
    private double? _figure;

    private Target()
    {
    }

    /// <summary>Just to be known.</summary>
    public static Target None { get; } = new();

    public static Target AtMost(double ratio) => new() { _ratio = ratio, _isUpperBound = true };

    public static Target AtLeast(double ratio) => new() { _ratio = ratio };

    /// <param name="figure">In the base unit of the row's quantity.</param>
    public static Target FigureAtMost(double figure) => None.AndFigureAtMost(figure);

    /// <param name="figure">In the base unit of the row's quantity.</param>
    public Target AndFigureAtMost(double figure) => this with { _figure = figure };

    public Verdict Judge(Measurement measurement)
    {
        if (_ratio is null && _figure is null)
            return Verdict.Informative;
        bool isRatioMet = _ratio is not { } limit || (measurement.Ratio is { } ratio && (_isUpperBound ? ratio.Median <= limit : ratio.Median >= limit));
        return isRatioMet && !(measurement.Subject.Median > _figure) ? Verdict.Met : Verdict.Missed;
    }

    /// <summary>As the table says it.</summary>
    public string Format(Quantity quantity)
    {
        string ratio = _ratio is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{(_isUpperBound ? '≤' : '≥')} {limit:0.00}×") : "";
        string figure = _figure is { } most ? $"≤ {quantity.FormatLimit(most)}" : "";
        return (ratio, figure) switch
        {
            ("", "") => "none",
            (_, "") => ratio,
            ("", _) => figure,
            _ => $"{ratio}, {figure}",
        };
    }
}
