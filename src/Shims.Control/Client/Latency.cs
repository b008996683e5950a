namespace Shims.Control.Client;

/// <summary>How long requests took, in milliseconds.</summary>
internal sealed record Latency(double Min, double Mean, double P50, double P90, double P99, double Max, IReadOnlyList<LatencyRange> Histogram)
{
    /// <summary>Sums up. Percentiles are the nearest rank: a time that was measured.</summary>
    /// <returns>Null for none.</returns>
    internal static Latency? Of(double[] milliseconds)
    {
        if (milliseconds.Length == 0)
            return null;
        Array.Sort(milliseconds);
        double Percentile(double percent) => milliseconds[Math.Max(0, (int)Math.Ceiling(milliseconds.Length * percent / 100) - 1)];
        return new Latency(milliseconds[0], milliseconds.Average(), Percentile(50), Percentile(90), Percentile(99), milliseconds[^1], Divide(milliseconds));
    }

    /// <summary>Ranges that grow with the time, 1 to 2 to 5 to 10, so that a fast crowd and a slow straggler both show.</summary>
    private static List<LatencyRange> Divide(double[] sorted)
    {
        var ranges = new List<LatencyRange>();
        double from = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(sorted[0], 0.001))));
        int step = 0;
        for (int next = 0; next < sorted.Length;)
        {
            double to = from * (step % 3 == 1 ? 2.5 : 2);
            int first = next;
            while (next < sorted.Length && sorted[next] < to)
                next++;
            // Ranges before the fastest are nothing to show; one in the middle that is empty is.
            if (next > 0)
                ranges.Add(new LatencyRange(Math.Round(from, 6), Math.Round(to, 6), next - first));
            from = to;
            step++;
        }
        return ranges;
    }
}
