using System.Globalization;
using System.Text;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>All rows of one run, as the Markdown that is both printed and kept.</summary>
internal sealed class Report(string machine, Effort effort, TimeSpan duration, IReadOnlyList<Result> results)
{
    private const string AboutTheLibrary = """
        A missed target stays in the table; the list of rows says what the miss is made of. The rows with a target compare with programs that have no C library, or that started it long ago.

        ## Why some ratios depend on the machine: the C library's start

        Before `main`, glibc asks the processor what it can do: 41 CPUID instructions on one from AMD, 68 on one from Intel, linked statically or not. In a virtual machine each one traps to the host. The line above says what
        one takes here; where it was measured, 6 to 9 µs, they were up to half of the time of the smallest C program. On bare metal they do not trap (which was not measured).
        `scgi-run` becomes the script before its own C library starts. So its ratio to a program that does start one (scgi-exec-static, scgi-exec-dynamic, fcgi-nowait, and each row with a shell, which has a C library too) is
        better in a virtual machine and worse on bare metal. These rows have no target.
        Rows that hold on any machine: scgi-exec, rows with `socket`, `relay` or `clients` in their names, and rows that count processor time, memory or instructions.

        ## Why some ratios flatter us here: page faults

        fcgiwrap copies itself for each script (fork), and the copy touches its pages anew. `scgi-run` and `fcgi-run` lend their memory to the script until it runs (CLONE_VM), as posix_spawn does. A page fault takes less than
        1 µs on most machines, and tens of µs in a virtual machine whose host is short of memory; the line above says what it took here. So the ratios to fcgiwrap in rows with `socket` and `relay` in their names are better
        than on a machine with fast page faults, where earlier versions had 1.4 to 1.6 times the requests of fcgiwrap, and 0.57 times its processor time (relay: 0.74 times, `fcgi-run`: 0.80 times).
        scgi-socket-c compares with a gateway that makes no copy of itself.

        ## What each row is
        """;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("# How fast is it?").AppendLine();
        text.AppendLine("![How many times better or worse than the program that it replaces each program is; the table below has the figures](benchmarks.svg)").AppendLine();
        text.AppendLine("Written by `make bench`, which measures on your machine. Only the ratios mean anything on another one.").AppendLine();
        text.AppendLine($"{RunRecord.MachinePrefix}{machine}.").AppendLine();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture,
            $"Both sides of a row are measured in turn (A B A B ...), {effort.Rounds} samples each; whole-process samples are the median of {effort.Processes} processes, requests/s are counted over {effort.Load.TotalSeconds} s, bodies are of {effort.Bytes >> 20} MiB. Figures are medians with quartiles; a ratio is the median of the ratios of neighbouring samples. Milliseconds of programs that end are for a whole process, start to end; processor time is the gateway's own, without its scripts'. The whole run took {duration.TotalMinutes:0.0} minutes. One benchmark alone: `make bench BENCH=NAME`.")).AppendLine();
        AppendTable(text);
        text.AppendLine().AppendLine(AboutTheLibrary).AppendLine();
        foreach (Result result in results)
            AppendExplanation(text, result);
        return text.ToString();
    }

    private void AppendTable(StringBuilder text)
    {
        string[][] rows = [RunRecord.Heads, .. results.SelectMany(Rows).Select(row => row.Cells)];
        int[] widths = [.. RunRecord.Heads.Select((_, column) => rows.Max(row => row[column].Length))];
        for (int row = 0; row < rows.Length; row++)
        {
            AppendLine(text, rows[row], widths, ' ');
            if (row == 0)
                AppendLine(text, [.. RunRecord.Heads.Select(_ => "")], widths, '-');
        }
    }

    private static void AppendLine(StringBuilder text, string[] cells, int[] widths, char filler)
    {
        for (int column = 0; column < cells.Length; column++)
            text.Append("| ").Append(cells[column].PadRight(widths[column], filler)).Append(' ');
        text.AppendLine("|");
    }

    private static IEnumerable<RecordedRow> Rows(Result result) =>
        result.Benchmark.Gauges.Select((gauge, index) => Row(result, gauge, result.Measurements.ElementAtOrDefault(index)));

    private static RecordedRow Row(Result result, Gauge gauge, Measurement? measurement)
    {
        Quantity quantity = gauge.Quantity;
        string baseline = result.Benchmark.Baseline ?? "", target = gauge.Target.Format(quantity);
        if (measurement is null)
            return new RecordedRow(gauge.Name, gauge.Subject, baseline, "", "", "", target, result.IsFailure ? "**failed**" : "not measured");

        string ratio = measurement.Ratio is { } ratios ? string.Create(CultureInfo.InvariantCulture, $"{ratios.Median:0.00}× ({ratios.Low:0.00}–{ratios.High:0.00})") : "";
        string verdict = gauge.Target.Judge(measurement) switch
        {
            Verdict.Met => "met",
            Verdict.Missed => RecordedRow.Missed,
            _ => "for information",
        };
        return new RecordedRow(gauge.Name, gauge.Subject, baseline, quantity.Format(measurement.Subject),
            measurement.Baseline is { } theirs ? quantity.Format(theirs) : "", ratio, target, verdict);
    }

    private static void AppendExplanation(StringBuilder text, Result result)
    {
        IBenchmark benchmark = result.Benchmark;
        text.AppendLine($"- **{benchmark.Name}**: {benchmark.Measure}. Leaves out: {benchmark.LeavesOut}.");
        if (result.WhyNot is { } reason)
            text.AppendLine($"  {(result.IsFailure ? "Failed" : "Not measured")}: {reason.Trim().ReplaceLineEndings(" ")}");
        if (result.HasMissed)
            text.AppendLine($"  What the miss is made of: {benchmark.Finding ?? "not known yet"}.");
    }
}
