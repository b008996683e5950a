using System.Net.Sockets;

namespace Shims.EndToEndTests;

/// <summary>One of three hosts fails while browsers ask, and comes back: what docs/three-hosts.md promises, line by line.</summary>
public sealed class ThreeHostsTests
{
    private const int Terminate = 15, Kill = 9, Stop = 19;
    private const string Script = "/cgi-bin/count.cgi", MayRunTwice = "/cgi-bin/search/count.cgi";

    private static readonly (string Name, int Number)[] s_signals = [("SIGKILL", Kill), ("SIGTERM", Terminate), ("SIGSTOP", Stop)];

    public static TheoryData<string, string> Ends => new(
        from web in (string[])["nginx", "haproxy"]
        from signal in s_signals.Take(TestExtent.Of(1, 3))
        select (web, signal.Name));

    /// <summary>Requests before the failure, as many during it, and as many after it.</summary>
    private static int Share => TestExtent.Of(40, 200);

    [Theory, MemberData(nameof(Ends))]
    public async Task A_GET_is_answered_whatever_becomes_of_one_of_three_hosts(string web, string signal)
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync(web, Quicker(web, signal));
        IReadOnlyList<HostResponse> responses = await hosts.AskWhileAsync("GET", Script, Share, () => hosts.FailAsync(NumberOf(signal)), hosts.TakeBackAsync);
        AssertNoneLost(responses, hosts);
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task A_POST_never_runs_twice_and_only_those_are_lost_that_the_host_had_begun(string web, string signal)
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync(web, Quicker(web, signal));
        IReadOnlyList<HostResponse> responses = await hosts.AskWhileAsync("POST", Script, Share, () => hosts.FailAsync(NumberOf(signal)), hosts.TakeBackAsync);
        Assert.DoesNotContain(responses, static response => response.Runs > 1);
        Assert.DoesNotContain(responses, static response => response.IsGood && response.Runs != 1);
        HostResponse[] lost = [.. responses.Where(static response => !response.IsGood)];
        Assert.All(lost, response => Assert.True(response.Status is 502 or 504, $"{response}\n{hosts.Log}"));
        // Each client had one on its way; and of a host that hangs nginx asks again, with one request, every ten seconds.
        Assert.True(lost.Length <= ThreeHosts.Clients + (signal == "SIGSTOP" ? 4 : 0), $"{lost.Length} of {responses.Count} are lost\n{hosts.Log}");
    }

    [Fact]
    public async Task A_POST_to_a_script_that_may_run_twice_is_answered_by_another_host_of_nginx()
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync("nginx", Quicker("nginx", "SIGKILL"));
        AssertNoneLost(await hosts.AskWhileAsync("POST", MayRunTwice, Share, () => hosts.FailAsync(Kill), hosts.TakeBackAsync), hosts);
    }

    [Theory, InlineData("nginx", "GET"), InlineData("nginx", "POST"), InlineData("haproxy", "GET"), InlineData("haproxy", "POST")]
    public async Task A_host_whose_socket_is_kept_is_restarted_without_the_loss_of_a_request(string web, string method)
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync(web, keepsSockets: true);
        async Task RestartAsync()
        {
            await hosts.FailAsync(Terminate);
            await hosts.TakeBackAsync();
        }
        IReadOnlyList<HostResponse> responses = await hosts.AskWhileAsync(method, Script, Share, RestartAsync, RestartAsync);
        AssertNoneLost(responses, hosts);
        Assert.DoesNotContain(responses, response => method == "POST" && response.Runs != 1);
    }

    [Theory, InlineData("nginx", "GET"), InlineData("nginx", "POST"), InlineData("haproxy", "GET"), InlineData("haproxy", "POST")]
    [Trait(TestExtent.Trait, TestExtent.Whole)]
    public async Task A_host_that_is_switched_off_costs_no_request(string web, string method)
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync(web);
        // Without requests on their way to it, which a POST would not survive.
        await hosts.SwitchOffAsync();
        IReadOnlyList<HostResponse> responses = await hosts.AskWhileAsync(method, Script, Share, () => Task.CompletedTask, hosts.SwitchOnAsync);
        AssertNoneLost(responses, hosts);
        Assert.DoesNotContain(responses, response => method == "POST" && response.Runs != 1);
    }

    [Fact]
    public async Task Without_redispatch_and_health_checks_HAProxy_loses_a_third_of_the_requests()
    {
        await using ThreeHosts hosts = await ThreeHosts.StartAsync("haproxy", static site => site.With("    option redispatch 1\n", "")
            .With("    option httpchk GET /cgi-bin/hello.cgi\n", "").With("    default-server check inter 2s fall 2 rise 1\n", "")
            // HAProxy waits for so long before each of its three attempts, at most for a second.
            .With("timeout connect 2s", "timeout connect 50ms"));
        await hosts.FailAsync(Kill);
        int count = TestExtent.Of(60, 600), number = 0;
        IReadOnlyList<HostResponse> responses = await Load.RunAsync(count, ThreeHosts.Clients, () => hosts.AskAsync("GET", Script, $"{Interlocked.Increment(ref number)}"));
        int lost = responses.Count(static response => !response.IsGood);
        Assert.True(lost > count / 4 && lost < count * 2 / 5, $"{lost} of {count} are lost\n{hosts.Log}");
    }

    [Fact]
    public async Task The_web_server_of_the_containers_passes_requests_to_their_gateway()
    {
        Requires.Tools("nginx");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        using Socket listener = Address.Listen(installation.AddressOf("127.0.0.1:9000"));
        await using LaunchedProgram gateway = Launcher.Start(new Launch
        {
            Program = installation.Folder.PathTo("libexec/fcgi-run"),
            Arguments = [installation.Folder.PathTo("www/cgi-bin") + "/"],
            Input = listener.SafeHandle,
        });
        ExampleFile site = ExampleFile.Read("packaging/deploy/compose/nginx.conf").With("listen 8080", "listen 127.0.0.1:8080").With("fcgi-run:9000", "127.0.0.1:9000");
        await using Nginx nginx = await Nginx.StartAsync(installation, site);
        ScriptReply reply = await nginx.Browser.GetAsync("/cgi-bin/env.cgi/more?q=1");
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{nginx.Log}\n{gateway.ErrorSoFar}");
        Assert.Equal(("/cgi-bin/env.cgi", "/more", "q=1"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
    }

    private static void AssertNoneLost(IReadOnlyList<HostResponse> responses, ThreeHosts hosts)
    {
        Assert.All(responses, response => Assert.True(response.IsGood, $"{response}\n{hosts.Log}"));
        Assert.DoesNotContain(responses, static response => response.Runs == 0);
    }

    private static int NumberOf(string signal) => s_signals.Single(known => known.Name == signal).Number;

    /// <summary>
    /// The same in less time: a host that hangs keeps its requests for five seconds behind nginx and fifteen behind HAProxy, whose health check needs six of them; and in an ordinary run
    /// nginx asks one that has failed after one.
    /// </summary>
    private static Func<ExampleFile, ExampleFile> Quicker(string web, string signal) => site =>
    {
        if (signal == "SIGSTOP")
            site = web == "nginx" ? site.With("scgi_read_timeout 60s", "scgi_read_timeout 5s") : site.With("timeout server 60s", "timeout server 15s");
        return web == "nginx" && !TestExtent.IsLong ? site.With("fail_timeout=10s", "fail_timeout=1s") : site;
    };
}
