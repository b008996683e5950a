using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Reporting;
using Shims.Benchmarks.Servers;

namespace Shims.ReadmeTests;

/// <summary>Whether a run of the benchmarks says what it has measured, and nothing else.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public async Task Both_sides_are_measured_in_turn()
    {
        var order = new List<string>();
        await using var contest = new Contest(new Side("A", order, 1), new Side("B", order, 2));
        await contest.RunAsync(Effort.Quick, TestContext.Current.CancellationToken);
        Assert.Equal("AB AB AB AB", string.Join(' ', order.Chunk(2).Select(pair => string.Concat(pair)))); // The first pair warms up.
    }

    [Fact]
    public async Task A_missed_target_stays_in_the_table_marked_with_what_it_is_made_of()
    {
        var benchmark = new Row(Target.AtMost(1.5));
        string report = await ReportAsync(benchmark, ours: 2e6, theirs: 1e6);
        RecordedRow row = Assert.Single(RunRecord.Parse(report).Rows);
        Assert.Equal(new RecordedRow("row", "ours", "theirs", "2.000 ms (2.000–2.000)", "1.000 ms (1.000–1.000)", "2.00× (2.00–2.00)", "≤ 1.50×", "**missed**"), row);
        Assert.Equal((0.5, 1 / 1.5), (row.Advantage!.Value, row.WantedAdvantage!.Value));
        Assert.Contains("What the miss is made of: it takes longer.", report);
    }

    [Fact]
    public async Task A_met_target_needs_no_explanation()
    {
        string report = await ReportAsync(new Row(Target.AtMost(1.5).AndFigureAtMost(1.4e6)), ours: 1.4e6, theirs: 1e6);
        Assert.Equal("≤ 1.50×, ≤ 1.4 ms: met", Assert.Single(RunRecord.Parse(report).Rows) is var row ? $"{row.Target}: {row.Verdict}" : "");
        Assert.DoesNotContain("What the miss is made of", report);
    }

    [Fact]
    public async Task A_figure_beyond_its_limit_is_a_miss_whatever_the_ratio() =>
        Assert.True(Assert.Single(RunRecord.Parse(await ReportAsync(new Row(Target.AtMost(1.5).AndFigureAtMost(1.3e6)), ours: 1.4e6, theirs: 1e6)).Rows).HasMissed);

    [Fact]
    public void A_benchmark_that_failed_has_no_figures()
    {
        string report = new Report("here", Effort.Full, TimeSpan.Zero, [new Result(new Row(Target.None), [], "something was wrong", IsFailure: true)]).ToString();
        RecordedRow row = Assert.Single(RunRecord.Parse(report).Rows);
        Assert.Equal(("", "**failed**"), (row.Figure + row.Ratio, row.Verdict));
        Assert.Contains("Failed: something was wrong", report);
    }

    [Theory, InlineData("0 0 0 0 1"), InlineData("0 0 0 1 0"), InlineData("0 0 1 0 0"), InlineData("0 1 0 0 0"), InlineData("1 0 0 0 0"), InlineData("0 0")]
    public void One_failed_request_fails_the_measurement(string errors)
    {
        var side = new LoadSide(new Uri("http://127.0.0.1/"));
        Assert.Equal((500, 1000), side.Read("Running 2s test\ntotals 2000000 1000 0 0 0 0 0\n"));
        Assert.Throws<InvalidMeasurementException>(() => side.Read($"totals 2000000 1000 {errors}\n"));
        Assert.Throws<InvalidMeasurementException>(() => side.Read("totals 2000000 0 0 0 0 0 0\n"));
        Assert.Throws<InvalidMeasurementException>(() => side.Read("unable to connect\n"));
    }

    private static async Task<string> ReportAsync(Row benchmark, double ours, double theirs)
    {
        await using var contest = new Contest(new Side("A", [], ours), new Side("B", [], theirs));
        Measurement[] measurements = await contest.RunAsync(Effort.Quick, TestContext.Current.CancellationToken);
        return new Report("here", Effort.Quick, TimeSpan.Zero, [new Result(benchmark, measurements)]).ToString();
    }

    private sealed class Side(string name, List<string> order, double sample) : ISide
    {
        public Task<double[]> MeasureAsync(Effort effort)
        {
            order.Add(name);
            return Task.FromResult<double[]>([sample]);
        }
    }

    private sealed class Row(Target target) : IBenchmark
    {
        public string Name => "row";

        public string Measure => "something";

        public string? Baseline => "theirs";

        public string LeavesOut => "nothing";

        public IReadOnlyList<Gauge> Gauges => [new(Name, "ours", Quantity.Duration, target)];

        public string? Finding => "it takes longer";

        public Task<Contest> PrepareAsync(Benchmarks.Workshop workshop) => throw new NotSupportedException();
    }
}
