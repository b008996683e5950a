using System.Globalization;
using System.Text;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>All rows of one run, as the Markdown that is both printed and kept.</summary>
internal sealed class Report(string machine, Effort effort, IReadOnlyList<Result> results)
{
    private static readonly string[] s_heads = ["row", "subject", "baseline", "subject's figure", "baseline's figure", "ratio", "target", ""];

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks").AppendLine();
        text.AppendLine("Written by `make bench`. Only the ratios mean anything away from the machine they were measured on.").AppendLine();
        text.AppendLine($"Machine: {machine}.").AppendLine();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture,
            $"Both sides of a row are measured in turn (A B A B ...), {effort.Rounds} samples each; whole-process samples are the median of {effort.Processes} processes, requests/s are counted over {effort.Load.TotalSeconds} s. Figures are medians with quartiles; a ratio is the median of the ratios of neighbouring samples. One row alone: `make bench BENCH=NAME`.")).AppendLine();
        AppendTable(text);
        text.AppendLine();
        foreach (Result result in results)
            AppendExplanation(text, result);
        return text.ToString();
    }

    private void AppendTable(StringBuilder text)
    {
        string[][] rows = [s_heads, .. results.Select(Cells)];
        int[] widths = [.. s_heads.Select((_, column) => rows.Max(row => row[column].Length))];
        for (int row = 0; row < rows.Length; row++)
        {
            AppendLine(text, rows[row], widths, ' ');
            if (row == 0)
                AppendLine(text, [.. s_heads.Select(_ => "")], widths, '-');
        }
    }

    private static void AppendLine(StringBuilder text, string[] cells, int[] widths, char filler)
    {
        for (int column = 0; column < cells.Length; column++)
            text.Append("| ").Append(cells[column].PadRight(widths[column], filler)).Append(' ');
        text.AppendLine("|");
    }

    private static string[] Cells(Result result)
    {
        IBenchmark benchmark = result.Benchmark;
        if (result.Measurement is not { } measurement)
            return [benchmark.Name, benchmark.Subject, benchmark.Baseline, "", "", "", benchmark.Target.ToString(), result.IsFailure ? "**failed**" : "not measured"];

        string ratio = string.Create(CultureInfo.InvariantCulture,
            $"{measurement.Ratio.Median:0.00}× ({measurement.Ratio.Low:0.00}–{measurement.Ratio.High:0.00})");
        string verdict = benchmark.Target.Judge(measurement.Ratio.Median) switch
        {
            Verdict.Met => "met",
            Verdict.Missed => "**missed**",
            _ => "for information",
        };
        return [benchmark.Name, benchmark.Subject, benchmark.Baseline, benchmark.Quantity.Format(measurement.Subject), benchmark.Quantity.Format(measurement.Baseline), ratio, benchmark.Target.ToString(), verdict];
    }

    private static void AppendExplanation(StringBuilder text, Result result)
    {
        IBenchmark benchmark = result.Benchmark;
        text.AppendLine($"- **{benchmark.Name}**: {benchmark.Measure}. Leaves out: {benchmark.LeavesOut}.");
        if (result.WhyNot is { } reason)
            text.AppendLine($"  {(result.IsFailure ? "Failed" : "Not measured")}: {reason.Trim()}");
        if (benchmark.Finding is { } finding)
            text.AppendLine($"  Where the time goes: {finding}");
    }
}
