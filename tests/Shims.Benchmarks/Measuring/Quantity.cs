using System.Globalization;

namespace Shims.Benchmarks.Measuring;

/// <summary>What kind of number a row measures, and how it is written.</summary>
internal sealed class Quantity
{
    private readonly double _scale;
    private readonly string _format;
    private readonly string _unit;

    private Quantity(double scale, string format, string unit) => (_scale, _format, _unit) = (scale, format, unit);

    /// <summary>Samples in nanoseconds.</summary>
    public static Quantity Duration { get; } = new(1e6, "0.000", "ms");

    /// <summary>Samples in requests per second.</summary>
    public static Quantity RequestRate { get; } = new(1, "0", "requests/s");

    /// <summary>The median with its unit, then the two quartiles.</summary>
    public string Format(Series series) =>
        string.Create(CultureInfo.InvariantCulture, $"{Number(series.Median)} {_unit} ({Number(series.Low)}–{Number(series.High)})");

    private string Number(double value) => (value / _scale).ToString(_format, CultureInfo.InvariantCulture);
}
