using System.Net;
using System.Security.Cryptography;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>The real servers run what shimctl config prints.</summary>
public sealed class ConfigurationTests
{
    private static readonly string[] s_webServers = ["nginx", "apache", "lighttpd", "caddy", "haproxy"];
    private static readonly string[] s_superServers = ["inetd", "inetd --wait", "xinetd", "xinetd --wait", "systemd", "systemd --wait", "tcpserver", "unixserver", "spawn-fcgi"];

    public static TheoryData<string, string, string> Pairs =>
        new(TestExtent.EachPair(
            from web in s_webServers
            from super in s_superServers
            from protocol in ProtocolsOf(web)
                // lighttpd sends no secret, without which there are unix sockets only.
            where !(web == "lighttpd" && protocol == "ajp13" && super.Split(' ')[0] is "xinetd" or "tcpserver")
            select (web, super, protocol)));

    public static TheoryData<string, string> WebServers => new(TestExtent.EachValue(from web in s_webServers from protocol in ProtocolsOf(web) select (web, protocol)));

    [Theory, MemberData(nameof(Pairs))]
    public async Task Both_halves_of_every_pair_fit(string web, string super, string protocol)
    {
        await RequireAsync(web, super);
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation, "cgi-bin");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, super.Split(' ')[0], protocol, ["--url", "/cgi-bin", "--dir", scripts, .. super.Split(' ')[1..]]);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;

        ScriptReply reply = await browser.GetAsync("/cgi-bin/env.cgi/more/x%20y?q=a%20b");
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{front.Log}\n{behind.Log}");
        Assert.Equal(("/cgi-bin/env.cgi", "/more/x y", "q=a%20b"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
        Assert.Equal(Path.Combine(scripts, "env.cgi"), reply.Environment["SCRIPT_FILENAME"]);

        byte[] upload = RandomNumberGenerator.GetBytes(300_000);
        if (web == "lighttpd" && protocol == "ajp13")
            Assert.Equal(400, (await browser.PostAsync("/cgi-bin/echo.cgi", upload)).Status);
        else
            Assert.Equal(upload, (await browser.PostAsync("/cgi-bin/echo.cgi", upload)).BodyBytes);
        Assert.Equal(404, (await browser.GetAsync("/cgi-bin/missing.cgi")).Status);
    }

    [Theory, InlineData("unix socket"), InlineData("port")]
    public async Task Apache_divides_requests_among_the_processes_that_config_has_written(string address)
    {
        await RequireAsync("apache", "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation, "cgi-bin");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "apache", "inetd", "ajp13",
            ["--url", "/cgi-bin", "--dir", scripts, "--wait", "--processes", "3", .. address == "port" ? (string[])["--port", "9000"] : []]);
        await using var behind = (Inetd)await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        for (int i = 0; i < 9; i++)
        {
            ScriptReply reply = await browser.GetAsync("/cgi-bin/env.cgi/more?q=a%20b");
            Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{front.Log}\n{behind.Log}");
            Assert.Equal(("/cgi-bin/env.cgi", "/more", "q=a%20b"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
        }
        Assert.Equal(3, behind.Descendants.Count(static process => File.ReadAllText($"/proc/{process}/comm") == "ajp-run\n"));
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task A_folder_may_be_called_otherwise_than_in_the_URL(string web, string protocol)
    {
        await RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation, "folder");
        (ScriptReply reply, string log, _) = await AskAsync(installation, web, protocol, "/deep/tools/env.cgi/more?q=1", "--url", "/deep/tools/", "--dir", scripts);
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{log}");
        Assert.Equal(("/deep/tools/env.cgi", "/more", "q=1"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
        Assert.Equal(Path.Combine(scripts, "env.cgi"), reply.Environment["SCRIPT_FILENAME"]);
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task One_script_answers_below_its_URL_and_nowhere_else(string web, string protocol)
    {
        await RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation, "folder");
        string script = Path.Combine(scripts, "env.cgi");
        (ScriptReply reply, string log, ScriptReply neighbour) = await AskAsync(installation, web, protocol, "/git/a%20b/c?q=1", "--url", "/git", "--script", script);
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{log}");
        Assert.Equal(("/git", "/a b/c", "q=1"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
        Assert.Equal(script, reply.Environment["SCRIPT_FILENAME"]);
        Assert.DoesNotContain("GATEWAY_INTERFACE", neighbour.Body);
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task One_script_answers_at_its_URL_without_anything_after_it(string web, string protocol)
    {
        await RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation, "folder");
        (ScriptReply reply, string log, _) = await AskAsync(installation, web, protocol, "/stats/awstats.pl?q=1", "--url", "/stats/awstats.pl", "--script", Path.Combine(scripts, "env.cgi"));
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{log}");
        Assert.Equal(("/stats/awstats.pl", "q=1"), (reply.Environment["SCRIPT_NAME"], reply.Environment["QUERY_STRING"]));
        Assert.DoesNotContain("PATH_INFO", reply.Environment.Keys);
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task An_app_answers_below_its_URL_and_nowhere_else(string web, string protocol)
    {
        await RequireAsync(web, "inetd");
        string program = Repository.PathTo("artifacts/publish/apps/env/env");
        Requires.That(File.Exists(program), "the sample apps: make apps");
        using var installation = new Installation();
        (ScriptReply reply, string log, ScriptReply neighbour) = await AskAsync(installation, web, protocol, "/app/more?q=1", "--url", "/app", "--app", program);
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{log}");
        string page = WebUtility.HtmlDecode(reply.Body);
        Assert.Contains("<tr><th>ScriptName</th><td>/app</td></tr>", page);
        Assert.Contains("<tr><th>PathInfo</th><td>/more</td></tr>", page);
        Assert.DoesNotContain("<h1>Request</h1>", neighbour.Body);
    }

    private static async Task<(ScriptReply Reply, string Log, ScriptReply Neighbour)> AskAsync(Installation installation, string web, string protocol, string path, params IReadOnlyList<string> target)
    {
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol, target);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        ScriptReply reply = await browser.GetAsync(path);
        // /blog2 is not below /blog.
        ScriptReply neighbour = await browser.GetAsync(target[1].TrimEnd('/') + "2");
        return (reply, front.Log + behind.Log, neighbour);
    }

    internal static IEnumerable<string> ProtocolsOf(string web) => web switch
    {
        "caddy" or "haproxy" => ["fastcgi"],
        "nginx" => ["scgi", "fastcgi", "uwsgi"],
        _ => ["scgi", "fastcgi", "uwsgi", "ajp13"],
    };

    private static async Task<string> CopyOfScriptsAsync(Installation installation, string name)
    {
        string folder = installation.Folder.PathTo(name);
        await Command.RunAsync("cp", ["-R", Repository.PathTo("inetd-examples/cgi-bin"), folder]);
        return folder;
    }

    internal static async Task RequireAsync(string web, string super)
    {
        Requires.Tools(web == "apache" ? "apache2" : web);
        switch (super.Split(' ')[0])
        {
            case "xinetd":
                Requires.That(await Xinetd.FindAsync() is not null, "xinetd");
                break;
            case "systemd":
                Requires.Tools("systemd-socket-activate");
                break;
            case var tool:
                Requires.Tools(tool);
                break;
        }
    }
}
