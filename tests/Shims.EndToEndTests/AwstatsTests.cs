namespace Shims.EndToEndTests;

/// <summary>The distribution's AWStats, unpatched, through the shipped configuration.</summary>
public sealed class AwstatsTests
{
    private const string Program = AwstatsSite.Program;

    [Theory, InlineData("scgi-run", "unix"), InlineData("scgi-run", "tcp"), InlineData("fcgi-run", "unix"), InlineData("fcgi-run", "tcp")]
    public async Task Its_report_shows_what_is_in_the_access_log(string program, string connection)
    {
        Requires.Tools("nginx", "inetd", Program);
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        string folder = installation.Folder.MakeFolder("awstats");
        await AwstatsSite.MakeAsync(installation.Folder, hits: 3000, programUrl: "/awstats");

        // Elsewhere than in /etc/awstats, which is not the test's to write to; AWStats wants to be told that this is allowed.
        ExampleFile inetd = gateway.InetdExample.With($"{gateway.Name} {Program}", $"{gateway.Name} --env AWSTATS_ENABLE_CONFIG_DIR={folder} {Program}");
        ExampleFile site = gateway.Translate(ExampleFile.Read("nginx-examples/awstats.conf"));
        if (connection == "tcp")
            site = site.With($"unix:/run/shims/awstats-{gateway.SocketName}.sock", $"127.0.0.1:{gateway.FirstPort + 1}");
        await using Site awstats = await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, inetd), site);

        ScriptReply report = await awstats.Browser.GetAsync($"/awstats/awstats.pl?config=shims.example&configdir={folder}&year=2024&month=05&framename=mainright");
        Assert.Equal(200, report.Status);
        Assert.StartsWith("text/html", report.Header("Content-Type"));
        Assert.Contains("Statistics for shims.example (2024-05)", report.Body);
        Assert.Contains("/page-7.html", report.Body);
        Assert.Contains("192.0.2.7", report.Body);
        Assert.EndsWith("</html>", report.Body.TrimEnd());
        // All the hits of the month.
        Assert.Matches(@"<b>3,000</b>", report.Body);

        ScriptReply icon = await awstats.Browser.GetAsync("/awstats-icon/other/vh.png");
        Assert.Equal((200, "image/png"), (icon.Status, icon.Header("Content-Type")));
    }
}
