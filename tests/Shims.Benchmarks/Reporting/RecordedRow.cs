using System.Globalization;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>A line of the table, as text. What was not measured is empty.</summary>
internal sealed record RecordedRow(string Name, string Subject, string Baseline, string Figure, string BaselineFigure, string Ratio, string Target, string Verdict)
{
    /// <summary>The verdict on a target that was not reached.</summary>
    public const string Missed = "**missed**";

    /// <summary>In the order of <see cref="RunRecord.Heads"/>.</summary>
    public string[] Cells => [Name, Subject, Baseline, Figure, BaselineFigure, Ratio, Target, Verdict];

    public bool IsMeasured => Figure.Length > 0;

    public bool HasMissed => Verdict == Missed;

    /// <summary>How many times better than the baseline: more requests, or less of what it costs. Null without a baseline.</summary>
    public double? Advantage => AdvantageOf(Ratio);

    /// <summary>What <see cref="Advantage"/> was to be at least; null if the target is no ratio.</summary>
    public double? WantedAdvantage => Target is ['≤' or '≥', ' ', ..] ? AdvantageOf(Target[2..]) : null;

    /// <summary>A median without its quartiles: "0.851 ms".</summary>
    public static string MedianOf(string figure) => figure.Split(" (")[0];

    private double? AdvantageOf(string ratio) => ratio.IndexOf('×', StringComparison.Ordinal) is > 0 and int end
        && double.TryParse(ratio.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double times) && IsMeasured
        ? (Quantity.OfFigure(Figure).IsRate ? times : 1 / times)
        : null;
}
