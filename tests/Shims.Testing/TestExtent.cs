using System.Runtime.CompilerServices;

namespace Shims.Testing;

/// <summary>How much a test that repeats itself does: a sample in an ordinary run, the whole in `make test-long` (SHIMS_TEST_LONG=1).</summary>
public static class TestExtent
{
    /// <summary>The trait of a test that only `make test-long` runs.</summary>
    public const string Trait = "extent";

    /// <summary>The trait's value.</summary>
    public const string Whole = "whole";

    /// <summary>True in `make test-long`.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("SHIMS_TEST_LONG") == "1";

    /// <summary>The count for this run.</summary>
    public static int Of(int ordinary, int whole) => IsLong ? whole : ordinary;

    /// <summary>Rows for this run: all of them in `make test-long`; else so many that each value of each column is there once.</summary>
    public static IEnumerable<T> EachValue<T>(IEnumerable<T> rows)
        where T : ITuple => Covering(rows, static row => from column in Enumerable.Range(0, row.Length) select (column, row[column], -1, (object?)null));

    /// <summary>Rows for this run: all of them in `make test-long`; else so many that each pair of values of two columns is there once.</summary>
    public static IEnumerable<T> EachPair<T>(IEnumerable<T> rows)
        where T : ITuple => Covering(rows, static row => from first in Enumerable.Range(0, row.Length) from second in Enumerable.Range(0, row.Length) where first < second select (first, row[first], second, row[second]));

    /// <summary>Takes the row with the most that is not there yet, until all is: the same rows each time.</summary>
    private static IEnumerable<T> Covering<T>(IEnumerable<T> rows, Func<T, IEnumerable<(int, object?, int, object?)>> contentOf)
    {
        T[] all = [.. rows];
        if (IsLong)
            return all;
        HashSet<(int, object?, int, object?)> missing = [.. all.SelectMany(contentOf)];
        List<T> taken = [];
        while (missing.Count > 0)
        {
            T best = all.MaxBy(row => contentOf(row).Count(missing.Contains))!;
            missing.ExceptWith(contentOf(best));
            taken.Add(best);
        }
        return taken;
    }
}
