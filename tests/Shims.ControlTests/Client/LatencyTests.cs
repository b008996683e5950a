using Shims.Control.Client;

namespace Shims.ControlTests.Client;

public sealed class LatencyTests
{
    [Fact]
    public void Latency_of_no_responses_is_null() => Assert.Null(Latency.Of([]));

    [Theory, InlineData(0.0), InlineData(0.0001), InlineData(0.2), InlineData(1.0), InlineData(3.7), InlineData(1000.0), InlineData(123456.0)]
    public void Latency_of_one_response_is_every_percentile(double milliseconds)
    {
        Latency latency = Latency.Of([milliseconds])!;
        Assert.All((double[])[latency.Min, latency.Mean, latency.P50, latency.P90, latency.P99, latency.Max], value => Assert.Equal(milliseconds, value));
        Latency.Range range = Assert.Single(latency.Histogram);
        Assert.Equal(1, range.Count);
        Assert.True(milliseconds < range.To && (milliseconds >= range.From || milliseconds < 0.001), $"{range} for {milliseconds}");
    }

    [Fact]
    public void Latency_histogram_of_equal_responses_has_one_range()
    {
        Latency latency = Latency.Of([.. Enumerable.Repeat(5.0, 1000)])!;
        Assert.Equal((5, 5, 5), (latency.Min, latency.P50, latency.Max));
        Assert.Equal([new Latency.Range(5, 10, 1000)], latency.Histogram);
    }

    [Theory]
    [InlineData(100, 50, 90, 99)]
    [InlineData(10, 5, 9, 10)]
    [InlineData(2, 1, 2, 2)]
    [InlineData(3, 2, 3, 3)]
    [InlineData(1000, 500, 900, 990)]
    public void Latency_percentile_is_the_nearest_rank(int count, double p50, double p90, double p99)
    {
        // In any order.
        double[] milliseconds = [.. Enumerable.Range(1, count).Select(i => (double)i)];
        new Random(count).Shuffle(milliseconds);
        Latency latency = Latency.Of(milliseconds)!;
        Assert.Equal((1, p50, p90, p99, count), (latency.Min, latency.P50, latency.P90, latency.P99, latency.Max));
        Assert.Equal((count + 1) / 2.0, latency.Mean);
    }

    [Fact]
    public void Latency_histogram_has_ranges_of_1_2_5_10_and_keeps_empty_ones_between_responses()
    {
        Latency latency = Latency.Of([1.9, 2, 4.9, 5, 9.9, 10, 180])!;
        Assert.Equal(
            [new(1, 2, 1), new(2, 5, 2), new(5, 10, 2), new(10, 20, 1), new(20, 50, 0), new(50, 100, 0), new Latency.Range(100, 200, 1)],
            latency.Histogram);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Latency_histogram_counts_every_response_once(int seed)
    {
        var random = new Random(seed);
        double[] milliseconds = [.. Enumerable.Range(0, 500).Select(_ => Math.Pow(10, 6 * random.NextDouble() - 2))];
        IReadOnlyList<Latency.Range> ranges = Latency.Of(milliseconds)!.Histogram;
        Assert.Equal(milliseconds.Length, ranges.Sum(range => range.Count));
        Assert.All(ranges, range => Assert.Equal(range.Count, milliseconds.Count(value => value >= range.From && value < range.To)));
        Assert.Equal(ranges.Skip(1).Select(range => range.From), ranges.SkipLast(1).Select(range => range.To));
        Assert.NotEqual(0, ranges[0].Count);
        Assert.NotEqual(0, ranges[^1].Count);
    }
}
