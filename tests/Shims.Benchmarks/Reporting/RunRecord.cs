namespace Shims.Benchmarks.Reporting;

/// <summary>The last run, read back from docs/benchmarks.md. Chart and README are made of it, so that all three are of one run.</summary>
/// <param name="Machine">The line that says where and when.</param>
/// <param name="Rows">The table.</param>
internal sealed record RunRecord(string Machine, IReadOnlyList<RecordedRow> Rows)
{
    /// <summary>How the line begins that says where and when.</summary>
    public const string MachinePrefix = "Machine: ";

    /// <summary>The table's first line.</summary>
    public static string[] Heads { get; } = ["row", "subject", "baseline", "subject's figure", "baseline's figure", "ratio", "target", ""];

    /// <summary>Reads a report.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RunRecord Parse(string report)
    {
        string[] lines = report.Split('\n');
        string machine = Array.Find(lines, line => line.StartsWith(MachinePrefix, StringComparison.Ordinal)) ?? throw new InvalidDataException("the report names no machine");
        string[][] table = [.. lines.Where(line => line.StartsWith('|')).Select(CellsOf)];
        if (table.Length < 2 || !table[0].SequenceEqual(Heads))
            throw new InvalidDataException($"the report's table has no columns {string.Join(", ", Heads)}");
        return new RunRecord(machine, [.. table.Skip(2).Select(RowOf)]);
    }

    private static string[] CellsOf(string line) => [.. line.Trim()[1..^1].Split('|').Select(cell => cell.Trim())];

    private static RecordedRow RowOf(string[] cells) => cells is [var name, var subject, var baseline, var figure, var baselineFigure, var ratio, var target, var verdict]
        ? new RecordedRow(name, subject, baseline, figure, baselineFigure, ratio, target, verdict)
        : throw new InvalidDataException($"a line of the report's table has {cells.Length} cells: {string.Join(" | ", cells)}");
}
