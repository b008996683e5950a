using Shims.Control.Client;

namespace Shims.ControlTests.Client;

public sealed class SeriesReportTests
{
    [Fact]
    public void Report_of_a_series_has_a_bar_for_every_range()
    {
        string[] lines = Report([1.5, 1.6, 1.7, 1.8, 30]);
        Assert.Equal("5 requests, 2 at a time, in 2.000 s: 2.5 responses/s, 70 bytes of bodies", lines[0]);
        Assert.Equal("  status 200: 5", lines[1]);
        Assert.Equal("  ms: min 1.50  mean 7.32  p50 1.70  p90 30.00  p99 30.00  max 30.00", lines[2]);
        Assert.Equal($"         1 to        2 ms        4 {new string('#', 40)}", lines[3]);
        Assert.Equal("         2 to        5 ms        0", lines[4]);
        Assert.Equal($"        20 to       50 ms        1 {new string('#', 10)}", lines[7]);
        Assert.Equal(9, lines.Length);
    }

    [Fact]
    public void Report_of_a_series_shows_a_single_slow_response_among_many() => Assert.EndsWith(" 1 #", Report([.. Enumerable.Repeat(1.0, 100_000), 9])[5], StringComparison.Ordinal);

    [Fact]
    public void Report_of_a_series_without_responses_has_no_latency()
    {
        string[] lines = Report([], ("connection refused", 4), ("the response is empty", 1));
        Assert.Equal(["5 requests, 2 at a time, in 2.000 s: 0.0 responses/s, 70 bytes of bodies", "  failed: 4: connection refused", "  failed: 1: the response is empty", ""], lines);
    }

    private static string[] Report(double[] milliseconds, params (string Cause, int Count)[] failures) => SeriesReport.Of(new SeriesResult
    {
        Requests = 5,
        Concurrency = 2,
        Seconds = 2,
        RequestsPerSecond = milliseconds.Length == 0 ? 0 : 2.5,
        BodyBytes = 70,
        Statuses = milliseconds.Length == 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { ["200"] = milliseconds.Length },
        Failures = failures.ToDictionary(failure => failure.Cause, failure => failure.Count),
        Latency = Latency.Of(milliseconds),
    }).Split('\n');
}
