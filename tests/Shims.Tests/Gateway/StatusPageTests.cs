using System.Text.Json;
using System.Text.RegularExpressions;
using Shims.Gateway.Requests;
using Shims.Gateway.Watching;

namespace Shims.Tests.Gateway;

public sealed partial class StatusPageTests
{
    /// <summary>Of a script whose name has all that could end a value: as the gateway has it, on one printable line.</summary>
    private const string Nasty = "/srv/a\"b\\c{d=\"e\"} é?�#\u00a0.cgi";

    private static readonly ServiceStatus s_idle = new() { Program = "scgi-run", Version = "0.1.0", Process = 4711, Since = 1_764_486_489_000, Uptime = 3_723_418, IsReady = true };

    private static readonly ServiceStatus s_busy = new()
    {
        Program = "scgi-run",
        Version = "0.1.0",
        Process = 4711,
        Since = 1_764_486_489_000,
        Uptime = 1_005,
        IsReady = false,
        Maximum = 8,
        Answered = 120,
        Refused = 3,
        Queued = 2,
        ScriptMilliseconds = 1_234_567,
        Counts = [(0, RequestMode.Supervise, 7), (200, RequestMode.Relay, 100), (404, RequestMode.None, 13)],
        Running =
        [
            new RunningRequest("/srv/slow.cgi", 4802, 12_345, RequestMode.Relay), new RunningRequest(Nasty, 4803, 18, RequestMode.Supervise),
            new RunningRequest("/srv/slow.cgi", 4804, 1_000, RequestMode.Relay), new RunningRequest("/a/visitors/path", 4711, 5, RequestMode.Handler),
        ],
    };

    [Fact]
    public void The_text_has_a_line_for_each_fact_and_for_all_that_runs()
    {
        Assert.Equal($"""
            program:         scgi-run 0.1.0
            process:         4711
            since:           2025-11-30T07:08:09Z, 1.005 s ago
            ready:           no
            running:         4 of 8
            queued:          2
            refused:         3
            script seconds:  1234.567
            answered:        120
              ? supervise    7
              200 relay      100
              404 none       13

            12.345 s  process 4802  relay  /srv/slow.cgi
            0.018 s  process 4803  supervise  {Nasty}
            1.000 s  process 4804  relay  /srv/slow.cgi
            0.005 s  process 4711  handler  /a/visitors/path

            """, StatusText.Of(s_busy));
        Assert.EndsWith("ready:           yes\nrunning:         0\nqueued:          0\nrefused:         0\nscript seconds:  0.000\nanswered:        0\n", StatusText.Of(s_idle), StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_is_one_object_whatever_a_script_is_called()
    {
        JsonElement root = JsonDocument.Parse(StatusJson.Of(s_busy)).RootElement;
        Assert.Equal(("scgi-run", "0.1.0", 4711, "2025-11-30T07:08:09Z", false),
            (root.GetProperty("program").GetString(), root.GetProperty("version").GetString(), root.GetProperty("process").GetInt32(), root.GetProperty("since").GetString(), root.GetProperty("ready").GetBoolean()));
        Assert.Equal((4, 8, 2, 3, 120), (root.GetProperty("running").GetInt32(), root.GetProperty("max").GetInt32(), root.GetProperty("queued").GetInt32(), root.GetProperty("refused").GetInt32(), root.GetProperty("answered").GetInt32()));
        Assert.Equal((1.005m, 1234.567m), (root.GetProperty("uptime").GetDecimal(), root.GetProperty("script_seconds").GetDecimal()));
        Assert.Equal([("supervise", 7), ("relay", 100), ("none", 13)], root.GetProperty("requests").EnumerateArray().Select(one => (one.GetProperty("mode").GetString()!, one.GetProperty("count").GetInt32())));
        Assert.False(root.GetProperty("requests")[0].TryGetProperty("status", out _));
        Assert.Equal(404, root.GetProperty("requests")[2].GetProperty("status").GetInt32());
        JsonElement script = root.GetProperty("scripts")[1];
        Assert.Equal((Nasty, 0.018m, 4803, "supervise"), (script.GetProperty("script").GetString(), script.GetProperty("seconds").GetDecimal(), script.GetProperty("process").GetInt32(), script.GetProperty("mode").GetString()));
        Assert.DoesNotContain(StatusJson.Of(s_busy).TrimEnd('\n'), char.IsControl);
        JsonElement idle = JsonDocument.Parse(StatusJson.Of(s_idle)).RootElement;
        Assert.Equal((0, 0), (idle.GetProperty("requests").GetArrayLength(), idle.GetProperty("scripts").GetArrayLength()));
        Assert.False(idle.TryGetProperty("max", out _));
    }

    [Fact]
    public void The_metrics_are_OpenMetrics_1_0_as_Prometheus_reads_them()
    {
        Dictionary<string, string> samples = ReadMetrics(StatusMetrics.Of(s_busy));
        foreach ((string name, string value) in (IEnumerable<(string, string)>)
        [
            ("shims_build_info{program=\"scgi-run\",version=\"0.1.0\"}", "1"), ("shims_start_time_seconds", "1764486489.000"), ("shims_ready", "0"),
            ("shims_requests_total{status=\"unknown\",mode=\"supervise\"}", "7"), ("shims_requests_total{status=\"200\",mode=\"relay\"}", "100"), ("shims_requests_total{status=\"404\",mode=\"none\"}", "13"),
            ("shims_refused_total", "3"), ("shims_script_seconds_total", "1234.567"), ("shims_queued", "2"), ("shims_max", "8"), ("shims_running", "4"),
            ("shims_script_running{script=\"/srv/slow.cgi\",mode=\"relay\"}", "2"), ("shims_script_oldest_seconds{script=\"/srv/slow.cgi\",mode=\"relay\"}", "12.345"),
            ("shims_script_running{script=\"/srv/a\\\"b\\\\c{d=\\\"e\\\"} é?�#\u00a0.cgi\",mode=\"supervise\"}", "1"),
            // Never what a visitor has asked a handler for: each path would be a series of its own.
            ("shims_script_running{script=\"scgi-run\",mode=\"handler\"}", "1"),
        ])
            Assert.Equal(value, samples.GetValueOrDefault(name, $"{name} is missing"));
        Assert.DoesNotContain(samples.Keys, name => name.Contains("visitor", StringComparison.Ordinal));
        Assert.Equal("1", ReadMetrics(StatusMetrics.Of(s_idle))["shims_ready"]);
    }

    [Fact]
    public void A_line_feed_in_a_name_does_not_end_a_sample()
    {
        var status = new ServiceStatus { Program = "a\nb", Version = "", Process = 1, Since = 0, Uptime = 0, IsReady = true };
        Assert.Contains("shims_build_info{program=\"a\\nb\",version=\"\"}", ReadMetrics(StatusMetrics.Of(status)).Keys);
    }

    [Fact]
    public void The_lines_of_the_log_say_the_same() => Assert.Equal(
        [
            "running: 4, waiting: 2, refused: 3, answered: 120, since 2025-11-30T07:08:09Z", "runs for 12.345 s: /srv/slow.cgi, process 4802, relay", $"runs for 0.018 s: {Nasty}, process 4803, supervise",
            "runs for 1.000 s: /srv/slow.cgi, process 4804, relay", "runs for 0.005 s: /a/visitors/path, process 4711, handler",
        ],
        RunningReport.LinesOf(s_busy));

    /// <summary>Reads an exposition by the grammar of OpenMetrics 1.0, section "ABNF".</summary>
    private static Dictionary<string, string> ReadMetrics(string text)
    {
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, string>();
        var families = new HashSet<string>();
        string family = "", type = "";
        foreach (string line in text[..^"# EOF\n".Length].TrimEnd('\n').Split('\n'))
        {
            if (TypeLine().Match(line) is { Success: true } start)
            {
                (family, type) = (start.Groups[1].Value, start.Groups[2].Value);
                Assert.True(families.Add(family), $"{family} comes twice");
                continue;
            }
            if (UnitLine().Match(line) is { Success: true } unit)
            {
                Assert.Equal(family, unit.Groups[1].Value);
                Assert.EndsWith($"_{unit.Groups[2].Value}", family, StringComparison.Ordinal);
                continue;
            }
            if (HelpLine().Match(line) is { Success: true } help)
            {
                Assert.Equal(family, help.Groups[1].Value);
                continue;
            }
            Match sample = SampleLine().Match(line);
            Assert.True(sample.Success, $"not a sample: {line}");
            Assert.Equal(family + (type switch { "counter" => "_total", "info" => "_info", _ => "" }), sample.Groups["name"].Value);
            Assert.True(samples.TryAdd(sample.Groups["series"].Value, sample.Groups["value"].Value), $"a series comes twice: {line}");
        }
        return samples;
    }

    [GeneratedRegex(@"^# TYPE ([a-z_]+) (counter|gauge|info)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^# UNIT ([a-z_]+) ([a-z]+)$")]
    private static partial Regex UnitLine();

    [GeneratedRegex(@"^# HELP ([a-z_]+) [^\\]+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("""^(?<series>(?<name>[a-z_]+)(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})?) (?<value>\d+(\.\d+)?)$""")]
    private static partial Regex SampleLine();
}
