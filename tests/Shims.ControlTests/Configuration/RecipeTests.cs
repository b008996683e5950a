using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>Programs that people run: what shimctl config writes for them works as it stands.</summary>
public sealed partial class RecipeTests
{
    private const string GitBackend = "/usr/lib/git-core/git-http-backend";

    public static TheoryData<string, string> WebServers => ConfigurationTests.WebServers;

    [Theory, InlineData("scgi"), InlineData("fastcgi"), Trait("fault", "AF-A")]
    public async Task Behind_nginx_a_script_sees_the_host_with_the_port_that_the_visitor_used(string protocol)
    {
        await ConfigurationTests.RequireAsync("nginx", "inetd");
        using var installation = new Installation();
        string script = installation.Folder.WriteScript("env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec env\n");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "nginx", "inetd", protocol, "--url", "/env", "--script", script);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using (server)
            Assert.Equal($"localhost:{browser.Port}", (await browser.GetAsync("/env")).Environment["HTTP_HOST"]);

        // The same port as if it were one that browsers leave out.
        (server, browser) = await written.With("^(80|443)$", $"^(80|443|{browser.Port})$").StartWebServerAsync();
        await using (server)
            Assert.Equal("localhost", (await browser.GetAsync("/env")).Environment["HTTP_HOST"]);
    }

    [Theory, Trait("fault", "N4"), InlineData("scgi", true), InlineData("scgi", false), InlineData("fastcgi", true)]
    public async Task A_script_gets_all_of_an_upload_whether_nginx_streams_it_or_not(string protocol, bool isBuffered)
    {
        await ConfigurationTests.RequireAsync("nginx", "inetd");
        using var installation = new Installation();
        string script = installation.Folder.WriteScript("count.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s ' \"$CONTENT_LENGTH\"\nhead -c \"$CONTENT_LENGTH\" | wc -c\n");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "nginx", "inetd", protocol, "--url", "/count", "--script", script);
        if (!isBuffered)
            written = written.With("# scgi_request_buffering off", "scgi_request_buffering off").With("# scgi_param CONTENT_LENGTH", "scgi_param CONTENT_LENGTH");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        foreach (int length in new[] { 0, 1, 65_536, 300_000 })
            Assert.Equal($"{length} {length}", (await browser.PostAsync("/count", new byte[length])).Body.Trim());
    }

    [Theory, MemberData(nameof(WebServers)), Trait("fault", "D7")]
    public async Task AWStats_shows_its_frames(string web, string protocol)
    {
        Requires.Tools(AwstatsSite.Program);
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        await AwstatsSite.MakeAsync(installation.Folder, hits: 30, programUrl: "/awstats");
        string folder = installation.Folder.PathTo("awstats");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol, "--url", "/awstats/awstats.pl", "--script", AwstatsSite.Program, "--env", $"AWSTATS_ENABLE_CONFIG_DIR={folder}");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        string page = $"/awstats/awstats.pl?config=shims.example&configdir={folder}&year=2024&month=05";
        ScriptReply frames = await browser.GetAsync(page);
        string[] sources = [.. Source().Matches(frames.Body).Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value))];
        Assert.True(sources.Length == 2, $"{frames.Status}: {frames.Body}\n{front.Log}{behind.Log}");
        foreach (string source in sources)
        {
            // As a browser resolves it.
            string path = new Uri(new Uri($"http://localhost{page}"), source).PathAndQuery;
            ScriptReply frame = await browser.GetAsync(path);
            Assert.True(frame.Status == 200 && frame.Body.Contains("shims.example", StringComparison.Ordinal), $"{path}: {frame.Status}: {frame.Body}");
        }
    }

    [Theory, Trait("fault", "D7"), InlineData("/awstats", "/awstats/awstats.pl"), InlineData("/stats/", "/stats/awstats.pl")]
    public async Task AWStats_at_a_URL_that_its_pages_do_not_link_to_is_refused_with_the_one_to_write(string url, string right)
    {
        LaunchResult result = await RunAsync("--url", url, "--script", AwstatsSite.Program);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains($"write --url {right}", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "AF-B"), InlineData("nginx", "scgi"), InlineData("apache", "fastcgi")]
    public async Task Git_is_cloned_over_what_the_example_of_the_help_writes(string web, string protocol)
    {
        Requires.Tools("git", GitBackend);
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string repository = Path.Combine(installation.GitFolder, "project.git");
        await Command.RunAsync("git", ["init", "--quiet", "--bare", repository]);
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
            "--url", "/git", "--script", GitBackend, "--env", $"GIT_PROJECT_ROOT={installation.GitFolder}", "--env", "GIT_HTTP_EXPORT_ALL=1", "--max-body", "1G");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        await Command.RunAsync("git", ["clone", "--quiet", $"http://127.0.0.1:{browser.Port}/git/project.git", installation.Folder.PathTo("clone")]);
    }

    [Fact, Trait("fault", "AF-B")]
    public async Task Git_without_its_project_root_is_refused_with_the_option_to_add()
    {
        LaunchResult result = await RunAsync("--url", "/git", "--script", GitBackend);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("add --env GIT_PROJECT_ROOT=/srv/git, or write --recipe git, which sets all that it needs", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "AF-B")]
    [InlineData("--env", "NAME")]
    [InlineData("--env", "=x")]
    [InlineData("--env", "A=b c")]
    [InlineData("--env", "A=%i")]
    [InlineData("--env", "A=$B")]
    [InlineData("--allow-env", "A B")]
    [InlineData("--allow-env", "A\nB")]
    public async Task A_word_that_configurations_quote_differently_is_refused(string option, string word)
    {
        LaunchResult result = await RunAsync("--url", "/x", "--script", "/a", option, word);
        Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
    }

    [Theory, Trait("fault", "AF-B"), InlineData("inetd"), InlineData("inetd --wait"), InlineData("systemd"), InlineData("unixserver"), InlineData("spawn-fcgi")]
    public async Task Variables_reach_the_scripts_under_every_super_server(string super)
    {
        await ConfigurationTests.RequireAsync("nginx", super);
        using var installation = new Installation();
        string script = installation.Folder.WriteScript("env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec env\n");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "nginx", super.Split(' ')[0], "fastcgi", ["--url", "/env", "--script", script, "--env", "ONE=1=2", "--env", "TWO=b,c:d", "--allow-env", "HTTP_AUTHORIZATION", .. super.Split(' ')[1..]]);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        ScriptReply reply = await browser.GetAsync("/env", "Authorization: Bearer abc");
        Assert.Equal(("1=2", "b,c:d", "Bearer abc"), (reply.Environment["ONE"], reply.Environment["TWO"], reply.Environment["HTTP_AUTHORIZATION"]));
    }

    [Theory, Trait("fault", "AF-B"), InlineData(""), InlineData("--wait")]
    public async Task Under_inetd_more_options_than_it_passes_are_read_from_a_file(string wait)
    {
        await ConfigurationTests.RequireAsync("nginx", "inetd");
        using var installation = new Installation();
        string script = installation.Folder.WriteScript("env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec env\n");
        string[] variables = [.. Enumerable.Range(1, 12).SelectMany(number => new[] { "--env", $"NAME_{number}={number}" })];
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, "nginx", "inetd", "scgi", ["--url", "/env", "--script", script, .. variables, .. wait.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Contains("--options /etc/shims/env.options ", written.Texts[0], StringComparison.Ordinal);
        string options = installation.Folder.Write("env.options", written.Texts[1]);
        written = written.With("/etc/shims/env.options", options);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        ScriptReply reply = await browser.GetAsync("/env");
        Assert.All(Enumerable.Range(1, 12), number => Assert.Equal($"{number}", reply.Environment[$"NAME_{number}"]));
    }

    [Fact, Trait("fault", "D9")]
    public async Task The_json_has_what_the_text_has()
    {
        string[] arguments = ["--url", "/cgi-bin", "--dir", "/srv/cgi-bin"];
        string text = (await RunAsync(arguments)).OutputText;
        using JsonDocument json = JsonDocument.Parse((await RunAsync(["--json", .. arguments])).OutputText);
        JsonElement[] pieces = [.. json.RootElement.EnumerateArray()];
        Assert.Equal(2, pieces.Length);
        Assert.StartsWith("echo 'd /run/shims 0700 www-data - -' >/etc/tmpfiles.d/shims.conf", pieces[0].GetProperty("first").GetString(), StringComparison.Ordinal);
        foreach (JsonElement piece in pieces)
        {
            Assert.Equal(["place", "then", "text", "first"], piece.EnumerateObject().Select(property => property.Name));
            Assert.Contains(piece.GetProperty("place").GetString()!, text, StringComparison.Ordinal);
            Assert.Contains(piece.GetProperty("text").GetString()!, text, StringComparison.Ordinal);
            if (piece.GetProperty("first").GetString() is { Length: > 0 } first)
                Assert.Contains($"# First:  {first}\n", text, StringComparison.Ordinal);
            if (piece.GetProperty("then").GetString() is { Length: > 0 } then)
                Assert.Contains($"# Then:   {then}\n", text, StringComparison.Ordinal);
        }
    }

    [Fact, Trait("fault", "AF-E"), Trait("fault", "N4")]
    public async Task The_location_for_SCGI_says_who_sets_the_user_and_what_streaming_needs()
    {
        string text = (await RunAsync("--url", "/cgi-bin", "--dir", "/srv/cgi-bin")).OutputText;
        Assert.Contains("with auth_basic, and only then, add: scgi_param REMOTE_USER $remote_user;", text, StringComparison.Ordinal);
        Assert.Contains("# scgi_request_buffering off;\n    # scgi_param CONTENT_LENGTH $content_length;\n", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(WebServers)), Trait("fault", "AF-C")]
    public async Task The_largest_upload_and_the_longest_silence_can_be_said(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string script = installation.Folder.WriteScript("count.cgi", "#!/bin/sh\ncase $QUERY_STRING in wait) sleep 5;; esac\nprintf 'Content-Type: text/plain\\n\\n'\nexec wc -c\n");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol, "--wait", "--url", "/count", "--script", script, "--max-body", "64K", "--read-timeout", "1");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        // lighttpd's mod_ajp13 cannot upload.
        if (web != "lighttpd" || protocol != "ajp13")
            Assert.Equal("65536", (await browser.PostAsync("/count", new byte[65536])).Body.Trim());
        Assert.Equal(413, (await browser.PostAsync("/count", new byte[65537])).Status);
        ScriptReply late = await browser.GetAsync("/count?wait");
        // mod_proxy_uwsgi has no other word for it.
        Assert.True(late.Status == (web == "apache" && protocol == "uwsgi" ? 500 : 504), string.Create(CultureInfo.InvariantCulture, $"{late.Status}: {late.Body}\n{front.Log}"));
    }

    private static Task<LaunchResult> RunAsync(params IReadOnlyList<string> arguments) => Launcher.RunAsync(new Launch
    {
        Program = Repository.Program("shimctl"),
        Arguments = ["config", "--web", "nginx", "--super", "inetd", "--protocol", "scgi", .. arguments],
    });

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Source();
}
