namespace Shims.Control.Client;

/// <summary>Latency of requests, in milliseconds.</summary>
internal sealed record Latency(double Min, double Mean, double P50, double P90, double P99, double Max,
    IReadOnlyList<Latency.Range> Histogram)
{
    /// <summary>Number of requests that took at least <paramref name="From"/> and less than <paramref name="To"/> milliseconds.</summary>
    internal sealed record Range(double From, double To, int Count);

    /// <summary>Summarises the measured times. Percentiles are by nearest rank, so each is a time that was measured.</summary>
    /// <returns>Null if there are none.</returns>
    internal static Latency? Of(double[] milliseconds)
    {
        if (milliseconds.Length == 0)
            return null;
        Array.Sort(milliseconds);
        double Percentile(double percent) => milliseconds[Math.Max(0, (int)Math.Ceiling(milliseconds.Length * percent / 100) - 1)];
        return new Latency(milliseconds[0], milliseconds.Average(), Percentile(50), Percentile(90), Percentile(99), milliseconds[^1],
            Divide(milliseconds));
    }

    /// <summary>Counts by ranges of 1 to 2 to 5 to 10, so that many fast requests and a slow one both show.</summary>
    private static List<Range> Divide(double[] sorted)
    {
        var ranges = new List<Range>();
        double from = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(sorted[0], 0.001))));
        int step = 0;
        for (int next = 0; next < sorted.Length;)
        {
            double to = from * (step % 3 == 1 ? 2.5 : 2);
            int first = next;
            while (next < sorted.Length && sorted[next] < to)
                next++;
            // Empty ranges before the fastest request are left out; those between requests are kept.
            if (next > 0)
                ranges.Add(new Range(Math.Round(from, 6), Math.Round(to, 6), next - first));
            from = to;
            step++;
        }
        return ranges;
    }
}
