namespace Shims.MatrixTests;

/// <summary>Apache's mod_proxy_scgi passes on what a script writes as it is; scgi-run knows it, and gives it what it understands.</summary>
public sealed class ModProxyScgiTests
{
    public static TheoryData<string> Rows => ["apache-scgi", "apache-scgi-proxypass"];

    [Theory, MemberData(nameof(Rows)), Trait("fault", "F18")]
    public async Task A_lone_Location_is_a_redirect(string row)
    {
        ScriptReply reply = await AskAsync(row, "location.cgi", "#!/bin/sh\nprintf 'Location: http://example.test/x\\n\\n'\n");
        Assert.Equal((302, "http://example.test/x"), (reply.Status, reply.Header("Location")));
    }

    [Theory, MemberData(nameof(Rows)), Trait("fault", "F16")]
    public async Task A_script_that_writes_a_status_line_of_HTTP_works(string row)
    {
        ScriptReply reply = await AskAsync(row, "nph-page.cgi", "#!/bin/sh\nprintf 'HTTP/1.0 202 Accepted\\r\\nContent-Type: text/plain\\r\\n\\r\\nbody\\n'\n");
        Assert.Equal((202, "body\n"), (reply.Status, reply.Body));
    }

    private static async Task<ScriptReply> AskAsync(string row, string name, string script)
    {
        Front front = Fronts.Named(row);
        Requires.Tools(front.Product.Program);
        using var scripts = new TemporaryFolder();
        scripts.WriteScript(name, script);
        await using RunningFront running = await RunningFront.StartAsync(front, scripts.Path);
        return await running.Browser.GetAsync($"/cgi-bin/{name}");
    }
}
