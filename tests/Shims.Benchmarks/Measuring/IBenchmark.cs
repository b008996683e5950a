namespace Shims.Benchmarks.Measuring;

/// <summary>One thing, measured on two sides in one run: a row of the table, or a few that the same samples give. A class per benchmark, in Rows/.</summary>
internal interface IBenchmark
{
    /// <summary>What to type to run it alone.</summary>
    string Name { get; }

    /// <summary>What is measured, in a line.</summary>
    string Measure { get; }

    /// <summary>What it is measured against; null if there is nothing to compare with, and the target is an absolute figure.</summary>
    string? Baseline { get; }

    /// <summary>What the figures do not include, or what the two sides do not have in common.</summary>
    string LeavesOut { get; }

    /// <summary>The rows, one for each of the numbers that a side's sample consists of.</summary>
    IReadOnlyList<Gauge> Gauges { get; }

    /// <summary>What was found to cost the time, for a row that misses its target; null where nothing is known.</summary>
    string? Finding { get; }

    /// <summary>Compiles and starts what both sides need.</summary>
    /// <exception cref="FileNotFoundException">A program is missing: the rows are left out, with the message.</exception>
    Task<Contest> PrepareAsync(Workshop workshop);
}
