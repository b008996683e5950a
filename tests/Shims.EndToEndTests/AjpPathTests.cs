using System.Text;
using Shims.Testing.Matrix;

namespace Shims.EndToEndTests;

/// <summary>Rules of a web server that are about paths, and URLs that would lead past them.</summary>
public sealed class AjpPathTests
{
    [Theory]
    [InlineData("/cgi-bin/open.cgi", 200)]
    [InlineData("/cgi-bin/private/a.cgi", 403)]
    [InlineData("/cgi-bin/private%2Fa.cgi", 404)]
    [InlineData("/cgi-bin/private%2fa.cgi", 404)]
    [InlineData("/cgi-bin/%70rivate/a.cgi", 403)]
    [InlineData("/cgi-bin/%2570rivate/a.cgi", 404)]
    [InlineData("/cgi-bin/private%252Fa.cgi", 404)]
    [InlineData("/cgi-bin/open.cgi/private%2Fa.cgi", 200)]
    public async Task A_Location_of_Apache_holds_however_its_path_is_written(string url, int status)
    {
        Requires.Tools("apache2", "curl");
        using TemporaryFolder scripts = Scripts();
        var front = new AjpFront("location", static site => site.With("ProxyTimeout 60", "ProxyTimeout 60\n<Location \"/cgi-bin/private/\">\nRequire all denied\n</Location>"));
        await using RunningFront running = await RunningFront.StartAsync(front, scripts.Path);
        Assert.Equal(status, (await running.Browser.GetAsync(url)).Status);
    }

    [Theory]
    [InlineData("/cgi-bin/open.cgi/a%25b", "/cgi-bin/open.cgi/a%b", 200)]
    [InlineData("/cgi-bin/%6Fpen.cgi", "/cgi-bin/open.cgi", 200)]
    [InlineData("/cgi-bin/%256Fpen.cgi", "/cgi-bin/%6Fpen.cgi", 404)]
    [InlineData("/cgi-bin/private/a%252ecgi", "/cgi-bin/private/a%2ecgi", 404)]
    public async Task Lighttpd_sends_a_path_that_it_has_decoded_and_it_is_not_decoded_again(string url, string sent, int status)
    {
        Requires.Tools("lighttpd", "curl");
        using TemporaryFolder scripts = Scripts();
        await using RunningFront running = await RunningFront.StartTappedAsync(new LighttpdAjpFront(), scripts.Path);
        Assert.Equal(status, (await running.Browser.GetAsync(url)).Status);
        Assert.Contains($"\0{(char)sent.Length}{sent}\0", Encoding.Latin1.GetString(Assert.Single(running.Tap!.Sent)), StringComparison.Ordinal);
    }

    private static TemporaryFolder Scripts()
    {
        var scripts = new TemporaryFolder();
        foreach (string name in new[] { "open.cgi", "private/a.cgi" })
            scripts.WriteScript(name, "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nran'\n");
        return scripts;
    }
}
