namespace Shims.EndToEndTests;

/// <summary>The nginx example: the host that scripts see, and the id of a request in the log.</summary>
public sealed class NginxExampleTests
{
    [Theory, Trait("fault", "AF-A"), InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run")]
    public async Task Behind_the_nginx_example_a_script_sees_the_host_with_the_port_that_the_visitor_used(string program)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program));
        foreach (string path in new[] { "/cgi-bin/env.cgi", "/env" })
            Assert.Equal($"localhost:{site.Browser.Port}", (await site.Browser.GetAsync(path)).Environment["HTTP_HOST"]);
    }

    [Theory, Trait("fault", "G1"), InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task The_log_of_nginx_has_the_id_of_each_request_with_the_format_of_the_example(string program)
    {
        using var folder = new TemporaryFolder();
        string log = folder.PathTo("access.log");
        await using Site site = await Site.StartAsync(Gateway.Named(program), options: "--status",
            adjust: nginx => nginx.With("# access_log /var/log/nginx/cgi.log", $"access_log {log}"));
        ScriptReply page = await site.Browser.GetAsync("/cgi-bin/hello.cgi"), missing = await site.Browser.GetAsync("/cgi-bin/missing.cgi");
        Assert.Equal((200, 404), (page.Status, missing.Status));
        await Patience.UntilAsync(() => File.Exists(log) && File.ReadAllLines(log).Length == 2, "two lines");
        Assert.Equal([page.Header("X-Request-Id"), missing.Header("X-Request-Id")], (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Select(line => line.Split(' ')[^1]));
        Assert.Contains($"Request id: {missing.Header("X-Request-Id")}", missing.Body);
    }
}
