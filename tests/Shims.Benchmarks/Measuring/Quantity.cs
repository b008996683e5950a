using System.Globalization;

namespace Shims.Benchmarks.Measuring;

/// <summary>What kind of number a row measures, and how it is written.</summary>
internal sealed class Quantity
{
    private readonly double _scale;
    private readonly string _format;
    private readonly string _unit;

    private Quantity(double scale, string format, string unit, bool isRate = false) => (_scale, _format, _unit, IsRate) = (scale, format, unit, isRate);

    /// <summary>Samples in nanoseconds, of what takes some milliseconds.</summary>
    public static Quantity Duration { get; } = new(1e6, "0.000", "ms");

    /// <summary>Samples in nanoseconds, of what a person waits for.</summary>
    public static Quantity Wait { get; } = new(1e9, "0.000", "s");

    /// <summary>Samples in requests per second.</summary>
    public static Quantity RequestRate { get; } = new(1, "0", "requests/s", isRate: true);

    /// <summary>Samples in bytes per second.</summary>
    public static Quantity Throughput { get; } = new(1e6, "0", "MB/s", isRate: true);

    /// <summary>Samples in nanoseconds of processor time for each byte.</summary>
    public static Quantity ProcessorTime { get; } = new(1e9 / (1L << 30), "0.00", "s per GiB");

    /// <summary>Samples in nanoseconds of processor time for each request.</summary>
    public static Quantity ProcessorTimePerRequest { get; } = new(1e3, "0.0", "µs per request");

    /// <summary>Samples in instructions.</summary>
    public static Quantity Instructions { get; } = new(1, "0", "instructions");

    /// <summary>Samples in bytes for each request.</summary>
    public static Quantity MemoryPerRequest { get; } = new(1e3, "0.0", "kB per request");

    /// <summary>Samples in bytes.</summary>
    public static Quantity Memory { get; } = new(1e6, "0.0", "MB");

    /// <summary>More is better.</summary>
    public bool IsRate { get; }

    /// <summary>The kind of number that <see cref="Format(Series)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">None of them.</exception>
    public static Quantity OfFigure(string figure) =>
        Array.Find([Duration, Wait, RequestRate, Throughput, ProcessorTime, ProcessorTimePerRequest, Instructions, MemoryPerRequest, Memory], quantity => figure.Contains($" {quantity._unit} (", StringComparison.Ordinal))
        ?? throw new InvalidDataException($"no figure: {figure}");

    /// <summary>The median with its unit, then the two quartiles.</summary>
    public string Format(Series series) =>
        string.Create(CultureInfo.InvariantCulture, $"{Number(series.Median)} {_unit} ({Number(series.Low)}–{Number(series.High)})");

    /// <summary>A limit with its unit, in as few digits as it needs.</summary>
    public string FormatLimit(double limit) => string.Create(CultureInfo.InvariantCulture, $"{limit / _scale:0.###} {_unit}");

    private string Number(double value) => (value / _scale).ToString(_format, CultureInfo.InvariantCulture);
}
