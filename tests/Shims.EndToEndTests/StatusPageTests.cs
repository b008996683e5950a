namespace Shims.EndToEndTests;

/// <summary>The status page and the ping through nginx, with the example that lets this machine in.</summary>
public sealed class StatusPageTests
{
    private const int RealLifePort = 8081;

    [Fact]
    public async Task Prometheus_and_a_load_balancer_ask_through_nginx()
    {
        Requires.Tools("nginx", "inetd");
        using var installation = new Installation();
        await using Inetd behind = await StartAsync(installation, "--status");
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("nginx-examples/status.conf"), RealLifePort);
        ScriptReply ping = await nginx.Browser.GetAsync("/ping");
        Assert.True(ping is { Status: 200, Body: "pong\n" }, $"{ping.Status} {ping.Body}\n{nginx.Log}\n{behind.Log}");
        ScriptReply text = await nginx.Browser.GetAsync("/shims-status");
        Assert.StartsWith("program:         scgi-run ", text.Body, StringComparison.Ordinal);
        ScriptReply metrics = await nginx.Browser.GetAsync("/shims-status?openmetrics=");
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", metrics.Header("Content-Type"));
        Assert.EndsWith("# EOF\n", metrics.Body, StringComparison.Ordinal);
        Assert.Equal("application/json", (await nginx.Browser.GetAsync("/shims-status?json")).Header("Content-Type"));
        Assert.Equal(404, (await nginx.Browser.GetAsync("/other")).Status);
    }

    [Fact]
    public async Task A_visitor_who_may_not_see_it_is_refused_by_nginx()
    {
        Requires.Tools("nginx", "inetd");
        using var installation = new Installation();
        await using Inetd behind = await StartAsync(installation, "");
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("nginx-examples/status.conf").With("allow 127.0.0.1;", "allow 192.0.2.1;"), RealLifePort);
        foreach (string path in (string[])["/shims-status", "//shims-status", "/%73hims-status", "/a/../shims-status", "/shims-status?json"])
            Assert.Equal(403, (await nginx.Browser.GetAsync(path)).Status);
        Assert.Equal(404, (await nginx.Browser.GetAsync("/shims-status/a")).Status);
    }

    private static Task<Inetd> StartAsync(Installation installation, string options)
    {
        string folder = Repository.PathTo("inetd-examples/cgi-bin");
        return Inetd.StartAsync(installation, Gateway.Scgi.InetdExample.With("scgi-run /srv/cgi-bin/", $"scgi-run {folder}/")
            .With("scgi-run --idle 60 /srv/cgi-bin/", $"scgi-run --idle 60 --status-path /shims-status --ping-path /ping {options} {folder}/"));
    }
}
