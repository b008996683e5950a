using System.Xml.Linq;
using Shims.Benchmarks;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Reporting;

namespace Shims.ReadmeTests;

/// <summary>The README's figures and the chart are those of the last whole run of <c>make bench</c>, and the run has a row for each promise.</summary>
public sealed class FigureTests
{
    private const string Source = "docs/benchmarks.md";
    private const string ChartFile = "docs/benchmarks.svg";
    private const string Start = "<!-- figures: written from docs/benchmarks.md; see CONTRIBUTING.md -->\n";
    private const string End = "<!-- end of figures -->";

    /// <summary>The rows that the README shows; all of them are in docs/benchmarks.md.</summary>
    private static readonly string[] s_shown = ["scgi-exec", "scgi-socket", "fcgi-socket", "handler-nowait-python"];

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static RunRecord LastRun => RunRecord.Parse(File.ReadAllText(Repository.PathTo(Source)));

    /// <summary>What the product is to be measured by: the row, what it is compared with, and what is to come out.</summary>
    public static TheoryData<string, string?, string> Promises => new()
    {
        { "scgi-exec", "minimal C shim, without a C library", "≤ 1.30×" },
        { "scgi-exec-instructions", "minimal C shim, without a C library", "≤ 30000 instructions" },
        { "scgi-socket", "fcgiwrap -c 4", "≥ 1.70×" },
        { "scgi-socket-cpu", "fcgiwrap -c 4", "≤ 0.50×" },
        { "scgi-relay-cpu", "fcgiwrap -c 4", "≤ 0.60×" },
        { "fcgi-socket", "fcgiwrap -c 4", "≥ 1.50×" },
        { "fcgi-socket-cpu", "fcgiwrap -c 4", "≤ 0.65×" },
        { "scgi-socket-c", "minimal C gateway", "≥ 1.00×" },
        { "scgi-socket-c-cpu", "minimal C gateway", "≤ 1.10×" },
        { "scgi-download-cpu", "fcgiwrap", "≤ 0.50×" },
        { "fcgi-download-cpu", "fcgiwrap", "≤ 0.50×" },
        { "scgi-memory", "fcgiwrap -c 200", "≤ 0.30×" },
        { "fcgi-memory", "fcgiwrap -c 200", "≤ 0.30×" },
        { "scgi-clients-64", "itself, 8 clients", "≥ 0.90×" },
        { "scgi-clients-256", "itself, 8 clients", "≥ 0.90×" },
        { "fcgi-clients-64", "itself, 8 clients", "≥ 0.90×" },
        { "fcgi-clients-256", "itself, 8 clients", "≥ 0.90×" },
        { "handler-nowait", "empty native-AOT C# program, compiled the same way", "≤ 1.25×, ≤ 2 ms" },
        { "handler-nowait-python", "a WSGI application over SCGI in Python 3", "≤ 0.15×" },
        { "handler-wait-cpu", "the same on Kestrel (ASP.NET Core), proxy_pass", "≤ 1.25×" },
        { "handler-wait-p99", "the same on Kestrel (ASP.NET Core), proxy_pass", "≤ 1.50×" },
        { "handler-reload", null, "≤ 1.5 s" },
        { "handler-reload-later", null, "≤ 0.4 s" },
        { "handler-memory", null, "≤ 40 MB" },
    };

    [Fact]
    public void The_figures_of_the_README_are_those_of_the_last_run()
    {
        string readme = File.ReadAllText(Repository.PathTo("README.md"));
        int start = readme.IndexOf(Start, StringComparison.Ordinal), end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, "the README has lost the marks around its figures");

        start += Start.Length;
        string figures = Format(LastRun);
        if (readme[start..end] != figures)
            RenewOrFail("README.md", readme[..start] + figures + readme[end..]);
    }

    [Fact]
    public void The_chart_is_drawn_from_the_run_that_the_table_is_of()
    {
        string chart = Chart.Draw(LastRun), path = Repository.PathTo(ChartFile);
        if (!File.Exists(path) || File.ReadAllText(path) != chart)
            RenewOrFail(ChartFile, chart);
    }

    [Fact]
    public void The_chart_tells_a_screen_reader_every_figure_that_it_shows()
    {
        XElement chart = XDocument.Parse(Chart.Draw(LastRun)).Root!;
        string[] ids = ((string)chart.Attribute("aria-labelledby")!).Split(' ');
        Assert.Equal([s_svg + "title", s_svg + "desc"], ids.Select(id => chart.Elements().Single(element => (string?)element.Attribute("id") == id).Name));
        string description = chart.Element(s_svg + "desc")!.Value;
        Assert.All(LastRun.Rows.Where(row => row.Ratio.Length > 0), row => Assert.Contains($"{row.Name}: {row.Subject} {RecordedRow.MedianOf(row.Figure)}", description));
        Assert.Contains(LastRun.Machine, description);
    }

    [Theory, MemberData(nameof(Promises))]
    public void Every_promise_has_a_benchmark_that_can_be_run_alone(string row, string? baseline, string target)
    {
        IBenchmark benchmark = Assert.Single(Catalogue.Find([row]));
        Gauge gauge = Assert.Single(benchmark.Gauges, gauge => gauge.Name == row);
        Assert.Equal((baseline, target), (benchmark.Baseline, gauge.Target.Format(gauge.Quantity)));
        Assert.NotEmpty(benchmark.LeavesOut);
    }

    /// <summary>What a user sees, and what no gateway decides: most of the time is the shell's, nginx's, or a C library's start.</summary>
    [Theory]
    [InlineData("scgi-exec-static"), InlineData("scgi-exec-dynamic"), InlineData("inetd"), InlineData("scgi-wait"), InlineData("scgi-wait-c"), InlineData("fcgi-wait")]
    [InlineData("fcgid"), InlineData("scgi-download"), InlineData("fcgi-download"), InlineData("scgi-upload"), InlineData("fcgi-upload"), InlineData("handler-wait")]
    public void A_row_that_depends_on_other_programs_has_no_target(string row)
    {
        Gauge gauge = Assert.Single(Assert.Single(Catalogue.Find([row])).Gauges, gauge => gauge.Name == row);
        Assert.Equal("none", gauge.Target.Format(gauge.Quantity));
    }

    [Fact]
    public void No_two_rows_have_one_name()
    {
        string[] names = [.. Catalogue.Benchmarks.SelectMany(benchmark => benchmark.Gauges.Select(gauge => gauge.Name))];
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Every_recorded_row_is_one_that_can_be_measured_again() =>
        Assert.All(LastRun.Rows, row => Assert.Contains(row.Name, Catalogue.Names));

    private static void RenewOrFail(string file, string content)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
            File.WriteAllText(Repository.PathTo(file), content);
        else
            Assert.Fail($"{file} is not of the run that {Source} records: run UPDATE_README=1 dotnet test tests/Shims.ReadmeTests");
    }

    private static string Format(RunRecord run) => $"""
        {Row(["measured", "compared with", "figure", "its figure", "ratio", "target"])}
        {Row(Enumerable.Repeat("---", 6))}
        {string.Join('\n', s_shown.Select(name => run.Rows.Single(row => row.Name == name)).Select(row =>
            Row([row.Subject, row.Baseline, row.Figure, row.BaselineFigure, row.Ratio, row.HasMissed ? $"{row.Target}, {row.Verdict}" : row.Target])))}

        {Score(run)} [All rows, and what each miss is made of]({Source}). {run.Machine} `make bench` measures on yours.

        """;

    /// <summary>How many targets are met, and which are not: a chosen few rows must not hide a miss.</summary>
    private static string Score(RunRecord run)
    {
        RecordedRow[] targets = [.. run.Rows.Where(row => row.IsMeasured && row.Target != "none")];
        string[] missed = [.. targets.Where(row => row.HasMissed).Select(row => row.Name)];
        return $"{targets.Length - missed.Length} of {targets.Length} targets are met{(missed.Length == 0 ? "." : $"; missed: {string.Join(", ", missed)}.")}";
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
