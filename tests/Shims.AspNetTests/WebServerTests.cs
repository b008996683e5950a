using System.Security.Cryptography;

namespace Shims.AspNetTests;

/// <summary>A site that is all app, and an app that is a part of a site, behind every web server.</summary>
public sealed class WebServerTests
{
    public static TheoryData<string> Fronts => ["nginx scgi", "nginx fastcgi", "nginx uwsgi", "apache scgi", "apache fcgi", "apache uwsgi", "lighttpd scgi", "lighttpd fastcgi", "haproxy fcgi", "caddy fastcgi"];

    [Theory, MemberData(nameof(Fronts))]
    public async Task A_site_that_is_all_app_is_the_same_behind_every_web_server(string front)
    {
        await using AppSite site = await AppSite.StartAsync(front, mount: "");
        Browser browser = site.Browser;
        ScriptReply page = await browser.GetAsync("/request/a%20b/%C3%A9+?x=%26+1&y=/", "Cookie: a=1", "X-Test: yes");
        Assert.True(page.Status == 200, $"{page.Status} {page.Body}\n{site.Log}");
        string[] lines = page.Body.Split('\n');
        foreach (string line in new[] { "Method=GET", "Scheme=http", $"Host=localhost:{browser.Port}", "PathBase=", "Path=/request/a b/é+", "Query=?x=%26+1&y=/", "Cookie: a=1", "X-Test: yes" })
            Assert.True(lines.Contains(line), $"{line} is missing:\n{page.Body}");
        Assert.Equal("127.0.0.1 True\n", (await browser.GetAsync("/connection")).Body);

        byte[] body = RandomNumberGenerator.GetBytes(300_000);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)), (await browser.PostAsync("/digest", body)).Body);
        Assert.Equal(body, (await browser.PostAsync("/echo", body)).BodyBytes);
        Assert.Equal("not read", (await browser.PostAsync("/unread", body)).Body);
        Assert.Equal(413, (await browser.PostAsync("/limit/1000", body)).Status);

        Assert.Equal(204, (await browser.GetAsync("/status/204")).Status);
        Assert.Equal(302, (await browser.GetAsync("/redirect")).Status);
        Assert.Equal(404, (await browser.GetAsync("/nowhere")).Status);
        Assert.Equal(500, (await browser.GetAsync("/throw")).Status);
        Assert.Equal(2, (await browser.GetAsync("/headers")).Headers.Count(static header => header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(1_000_000, (await browser.GetAsync("/fill/1000000")).BodyBytes.Length);
        ScriptReply head = await browser.SendAsync("HEAD", "/length");
        Assert.True(head is { Status: 200, Body: "" }, $"{head.Status} {head.Body}");
        // Caddy takes what it has of such a page for the whole.
        if (front == "caddy fastcgi")
            return;
        ScriptReply broken = await browser.GetAsync("/throw-late");
        Assert.True(!broken.IsComplete || broken.Status >= 500, $"{broken.Status}, {broken.BodyBytes.Length} bytes, and looks complete");
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task An_app_that_is_a_part_of_a_site_knows_its_path(string front)
    {
        await using AppSite site = await AppSite.StartAsync(front, mount: "/blog");
        ScriptReply page = await site.Browser.GetAsync("/blog/request/a%20b?x=1");
        Assert.True(page.Status == 200, $"{page.Status} {page.Body}\n{site.Log}");
        string[] lines = page.Body.Split('\n');
        Assert.Contains("PathBase=/blog", lines);
        Assert.Contains("Path=/request/a b", lines);
    }
}
