using System.Globalization;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>HAProxy's look at each of several hosts, as shimctl config writes it: a host that can take no request gets none.</summary>
public sealed class HostCheckTests
{
    private const int Terminate = 15;

    [Fact]
    public async Task HAProxy_passes_over_a_host_while_as_many_scripts_run_as_it_may_and_one_that_is_about_to_end()
    {
        await ConfigurationTests.RequireAsync("haproxy", "systemd");
        using var installation = new Installation();
        TemporaryFolder folder = installation.Folder;
        folder.WriteScript("cgi-bin/process.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' $PPID\n");
        string hold = folder.WriteScript("cgi-bin/hold.cgi", $"#!/bin/sh\nuntil [ -e {folder.PathTo("release")}$QUERY_STRING ]; do sleep 0.1; done\nprintf 'Content-Type: text/plain\\n\\nreleased'\n");
        string[] hosts = ["127.0.0.2", "127.0.0.3"];
        int port = FreePort.Next();
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "haproxy", "systemd", "fastcgi", "--url", "/cgi-bin", "--dir", folder.PathTo("cgi-bin"), "--wait",
            "--hosts", string.Join(',', hosts), "--port", port.ToString(CultureInfo.InvariantCulture), "--allow-from", "127.0.0.1");
        Assert.Contains("option httpchk GET /ping\n", written.Texts[^1], StringComparison.Ordinal);
        var behind = new List<Server>();
        try
        {
            ExampleFile service = ExampleFile.Of("service", written.Texts.Single(static text => text.Contains("\n[Service]\n", StringComparison.Ordinal)));
            // Only of the first: processes of one machine and target share their slots.
            ExampleFile limited = service.With("--ping-path /ping ", "--ping-path /ping --max 2 ");
            foreach (string host in hosts)
                behind.Add(await SocketActivate.StartAsync(installation, ExampleFile.Of("socket", written.Texts.Single(text => text.Contains($"ListenStream={host}:{port}\n", StringComparison.Ordinal))), host == hosts[0] ? limited : service));
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            await AskUntilAsync(browser, front, behind.Select(static one => one.ProcessId));
            // Two scripts on the first host, which is all that it may have.
            Task<string>[] held = [HoldAsync("1"), HoldAsync("1")];
            await Patience.UntilAsync(() => CountOf("host1 is DOWN", front.Log) == 1, "the host to be passed over");
            Assert.Contains("code: 503", front.Log, StringComparison.Ordinal);
            Assert.All(await AskAsync(browser, front, 12), process => Assert.Equal(behind[1].ProcessId, process));
            folder.Write("release1", "");
            Assert.Equal(["released", "released"], await Task.WhenAll(held));
            await AskUntilAsync(browser, front, [behind[0].ProcessId]);
            // One that finishes what it has.
            Task<string> last = HoldAsync("2");
            await Patience.UntilAsync(() => behind[0].Descendants.Count > 0, "the script to run");
            await Command.RunAsync("kill", ["-TERM", behind[0].ProcessId.ToString(CultureInfo.InvariantCulture)]);
            await Patience.UntilAsync(() => CountOf("host1 is DOWN", front.Log) == 2, "the host to be passed over again");
            Assert.All(await AskAsync(browser, front, 12), process => Assert.Equal(behind[1].ProcessId, process));
            folder.Write("release2", "");
            Assert.Equal("released", await last);
        }
        finally
        {
            foreach (Server one in behind)
                await one.DisposeAsync();
        }

        async Task<string> HoldAsync(string query)
        {
            using var client = new FastCgiClient(await Connection.OpenAsync($"127.0.0.2:{port}"));
            return (await client.ExchangeAsync(RequestVariables.For("GET", hold, query: query), limit: Patience.Limit)).Reply.Body;
        }
    }

    [Theory]
    [InlineData("haproxy", "systemd", "/cgi-bin", "--ping-path /ping", "option httpchk GET /ping\n")]
    [InlineData("haproxy", "inetd", "/ping", "--ping-path /shims-ping", "option httpchk GET /shims-ping\n")]
    [InlineData("nginx", "systemd", "/cgi-bin", null, "max_fails=1")]
    public async Task The_gateway_answers_the_page_that_HAProxy_asks_for(string web, string super, string url, string? option, string check)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Repository.PathTo("bin/shimctl"),
            Arguments = ["config", "--web", web, "--super", super, "--protocol", "fastcgi", "--url", url, "--dir", "/srv/cgi-bin", "--wait", "--hosts", "10.0.0.11,10.0.0.12", "--port", "9000", "--allow-from", "10.0.0.1"],
        });
        Assert.Equal(option is not null, result.OutputText.Contains(option ?? "--ping-path", StringComparison.Ordinal));
        Assert.Contains(check, result.OutputText, StringComparison.Ordinal);
    }

    private static async Task<int[]> AskAsync(Browser browser, Server front, int count)
    {
        var processes = new List<int>();
        for (int i = 0; i < count; i++)
        {
            ScriptReply reply = await browser.GetAsync("/cgi-bin/process.cgi");
            Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{front.Log}");
            processes.Add(int.Parse(reply.Body, CultureInfo.InvariantCulture));
        }
        return [.. processes];
    }

    /// <summary>Asks until each of these processes has answered.</summary>
    private static async Task AskUntilAsync(Browser browser, Server front, IEnumerable<int> processes)
    {
        var missing = new HashSet<int>(processes);
        for (long start = Environment.TickCount64; missing.Count > 0;)
        {
            Assert.True(Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds, $"no answer of {string.Join(", ", missing)}\n{front.Log}");
            missing.ExceptWith(await AskAsync(browser, front, 1));
        }
    }

    /// <summary>The log has each line of HAProxy's own twice, once as a warning.</summary>
    private static int CountOf(string words, string log) => log.Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal) && line.StartsWith("[WARNING]", StringComparison.Ordinal));
}
