namespace Shims.Benchmarks.Measuring;

/// <summary>One row of the table: one thing, measured on two sides in one run. A class per row, in Rows/.</summary>
internal interface IBenchmark
{
    /// <summary>What to type to run this row alone.</summary>
    string Name { get; }

    /// <summary>What is measured, in a line.</summary>
    string Measure { get; }

    /// <summary>The side that is ours.</summary>
    string Subject { get; }

    /// <summary>The side it is measured against.</summary>
    string Baseline { get; }

    /// <summary>What the figure does not include, or what the two sides do not have in common.</summary>
    string LeavesOut { get; }

    Quantity Quantity { get; }

    /// <summary>What the ratio subject / baseline is to be.</summary>
    Target Target { get; }

    /// <summary>What was found to cost the time, for a row that misses its target; null where nothing is known.</summary>
    string? Finding { get; }

    /// <summary>Compiles and starts what both sides need.</summary>
    /// <exception cref="FileNotFoundException">A program is missing: the row is left out, with the message.</exception>
    Task<Contest> PrepareAsync(Workshop workshop);
}
