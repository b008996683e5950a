using System.Security.Cryptography;

namespace Shims.HandlerTests;

/// <summary>The same program behind every web server, in every protocol, by the configurations that users copy.</summary>
public sealed class WebServerTests
{
    public static TheoryData<string> Fronts =>
    [
        "nginx scgi", "nginx fastcgi", "apache scgi", "apache fcgi", "apache cgi", "apache fcgid", "lighttpd scgi", "lighttpd fastcgi", "lighttpd bin-path", "haproxy fcgi",
    ];

    [Theory, MemberData(nameof(Fronts))]
    public async Task An_app_is_the_same_behind_every_web_server(string front)
    {
        await using Site site = await Site.StartAsync(front);
        Browser browser = site.Browser;

        ScriptReply page = await browser.GetAsync("/app/a%20b/%C3%A9?do=request&x=%26+1", "Cookie: a=1", "X-Test: yes");
        Assert.True(page.Status == 200, $"{page.Status} {page.Body}\n{site.Log}");
        string[] lines = page.Body.Split('\n');
        Assert.Contains("ScriptName=/app", lines);
        Assert.Contains("PathInfo=/a b/é", lines);
        Assert.Contains("Query x=& 1", lines);
        Assert.Contains("Cookie a=1", lines);
        Assert.Contains("Header X-Test=yes", lines);
        Assert.Contains("RemoteAddress=127.0.0.1", lines);

        byte[] body = RandomNumberGenerator.GetBytes(300_000);
        ScriptReply echo = await browser.PostAsync("/app?do=echo", body);
        Assert.Equal(body, echo.BodyBytes);
        ScriptReply early = await browser.PostAsync("/app?do=fill+200000&do=md5", body);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(body)), early.Body[200_000..].Trim());

        ScriptReply head = await browser.SendAsync("HEAD", "/app?do=write+hello");
        Assert.True(head is { Status: 200, Body: "" }, $"{head.Status} {head.Body}");
        ScriptReply redirect = await browser.GetAsync("/app?do=redirect+/elsewhere");
        Assert.Equal(302, redirect.Status);
        ScriptReply missing = await browser.GetAsync("/app?do=status+404&do=write+none");
        Assert.Equal((404, "none"), (missing.Status, missing.Body));
        Assert.Equal(500, (await browser.GetAsync("/app?do=throw+x")).Status);
        Assert.Equal(1_000_000, (await browser.GetAsync("/app?do=fill+1000000")).BodyBytes.Length);

        // RFC 3875 has no way to say that an answer broke off; the other protocols are given one, which mod_fcgid does not pass on.
        if (front is not ("apache cgi" or "apache fcgid"))
        {
            ScriptReply broken = await browser.GetAsync("/app?do=fill+1000000&do=throw+late");
            Assert.True(!broken.IsComplete || broken.Status >= 500, $"{broken.Status}, {broken.BodyBytes.Length} bytes, and looks complete");
        }
    }
}
