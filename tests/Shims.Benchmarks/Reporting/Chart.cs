using System.Globalization;
using System.Security;
using System.Text;

namespace Shims.Benchmarks.Reporting;

/// <summary>The rows of a run that have a baseline, as bars: an SVG for docs/benchmarks.md, to be read on light and on dark pages.</summary>
/// <remarks>
/// A bar says how many times better than the baseline we are, to the right, or how many times worse, to the left; twice as
/// good and half as good are of one length (logarithmic). A row that missed its target says so in words too, not only by colour.
/// </remarks>
internal static class Chart
{
    private const int Width = 960, Top = 56, RowHeight = 34, BarHeight = 14;
    private const int PlotLeft = 400, PlotRight = 740, FigureLeft = 752;
    private const int LabelLength = 66;

    // What lies beyond is cut off at the edge, and the figures beside it tell.
    private const double Worst = 1.0 / 4, Best = 16;

    private const string Style = """
          <style>
            text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
            .title { font-size: 15px; font-weight: 600; }
            .small { font-size: 10.5px; fill: #59636e; }
            .middle { text-anchor: middle; }
            .better { fill: #1a7f37; }
            .worse { fill: #bc4c00; }
            .missed { font-weight: 600; fill: #bc4c00; }
            .grid { stroke: #d1d9e0; }
            .one { stroke: #59636e; stroke-width: 1.5; }
            .target { stroke: #1f2328; stroke-width: 2; }
            @media (prefers-color-scheme: dark) {
              text { fill: #f0f6fc; }
              .small { fill: #9198a1; }
              .better { fill: #3fb950; }
              .worse, .missed { fill: #f0883e; }
              .grid { stroke: #3d444d; }
              .one { stroke: #9198a1; }
              .target { stroke: #f0f6fc; }
            }
          </style>

        """;

    /// <summary>Draws a run.</summary>
    public static string Draw(RunRecord run)
    {
        RecordedRow[] rows = [.. run.Rows.Where(row => row.Advantage is not null)];
        int bottom = Top + (rows.Length * RowHeight), height = bottom + 44;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="title description">""").Append('\n');
        svg.Append("  <title id=\"title\">How many times better or worse than the baseline each measured row is</title>\n");
        svg.Append($"  <desc id=\"description\">{Escape(Describe(run, rows))}</desc>\n").Append(Style);
        AppendText(svg, 0, 20, "title", "Times better than the baseline");
        AppendText(svg, 0, 38, "small", "to the right: more requests or bytes per second, or less time or memory; to the left: worse; the short line is the target");
        AppendGrid(svg, bottom);
        for (int index = 0; index < rows.Length; index++)
            AppendRow(svg, rows[index], Top + (index * RowHeight));
        AppendText(svg, 0, height - 8, "small", run.Machine);
        return svg.Append("</svg>\n").ToString();
    }

    private static string Describe(RunRecord run, RecordedRow[] rows) => string.Join(' ', rows.Select(row =>
        $"{row.Name}: {row.Subject} {RecordedRow.MedianOf(row.Figure)}, {row.Baseline} {RecordedRow.MedianOf(row.BaselineFigure)}, ratio {RecordedRow.MedianOf(row.Ratio)}, {Verdict(row)}.").Append(run.Machine));

    private static void AppendGrid(StringBuilder svg, int bottom)
    {
        for (double times = Worst; times <= Best; times *= 2)
        {
            double x = PositionOf(times);
            string kind = times is 1 ? "one" : "grid";
            svg.Append(CultureInfo.InvariantCulture, $"""  <line class="{kind}" x1="{x:0.#}" y1="{Top - 6}" x2="{x:0.#}" y2="{bottom}"/>""").Append('\n');
            AppendText(svg, x, bottom + 14, "small middle", string.Create(CultureInfo.InvariantCulture, $"{times:0.##}×"));
        }
    }

    private static void AppendRow(StringBuilder svg, RecordedRow row, int top)
    {
        double advantage = row.Advantage!.Value, from = PositionOf(Math.Min(1, advantage)), to = PositionOf(Math.Max(1, advantage));
        int middle = top + (RowHeight / 2);
        AppendText(svg, 0, middle - 2, "", Shorten($"{row.Name}: {row.Subject}"));
        AppendText(svg, 0, middle + 11, "small", Shorten($"against {row.Baseline}"));
        svg.Append(CultureInfo.InvariantCulture,
            $"""  <rect class="{(advantage >= 1 ? "better" : "worse")}" x="{from:0.#}" y="{middle - (BarHeight / 2)}" width="{Math.Max(1, to - from):0.#}" height="{BarHeight}"/>""").Append('\n');
        if (row.WantedAdvantage is { } wanted)
            svg.Append(CultureInfo.InvariantCulture, $"""  <line class="target" x1="{PositionOf(wanted):0.#}" y1="{middle - 11}" x2="{PositionOf(wanted):0.#}" y2="{middle + 11}"/>""").Append('\n');
        AppendText(svg, FigureLeft, middle - 2, "", $"{RecordedRow.MedianOf(row.Figure)} : {RecordedRow.MedianOf(row.BaselineFigure).Split(' ')[0]}");
        AppendText(svg, FigureLeft, middle + 11, row.HasMissed ? "small missed" : "small", Verdict(row));
    }

    private static string Verdict(RecordedRow row) => row.Target == "none" ? "for information" : $"target {row.Target} {row.Verdict.Trim('*')}";

    private static double PositionOf(double times) =>
        PlotLeft + ((PlotRight - PlotLeft) * (Math.Log2(Math.Clamp(times, Worst, Best)) - Math.Log2(Worst)) / (Math.Log2(Best) - Math.Log2(Worst)));

    private static void AppendText(StringBuilder svg, double x, int y, string kind, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"""  <text x="{x:0.#}" y="{y}"{(kind.Length > 0 ? $" class=\"{kind}\"" : "")}>{Escape(text)}</text>""").Append('\n');

    private static string Shorten(string text) => text.Length <= LabelLength ? text : string.Concat(text.AsSpan(0, LabelLength - 1).TrimEnd(), "…");

    private static string Escape(string text) => SecurityElement.Escape(text);
}
