using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.EndToEndTests;

/// <summary>The recipes of docs/examples.md and of the example files work on a machine with users of its own.</summary>
public sealed partial class RecipeTests
{
    private const string GitwebProgram = "/usr/lib/cgi-bin/gitweb.cgi";
    private const string GitBackend = "/usr/lib/git-core/git-http-backend";

    [Fact, Trait("fault", "D6")]
    public async Task The_git_recipe_of_the_page_on_examples_works_as_root_where_scripts_run_as_another_user()
    {
        Requires.Tools("nginx", "inetd", "git", GitBackend);
        Requires.That(Environment.IsPrivilegedProcess, "root");
        using var scripts = new TemporaryFolder();
        Installation installation = await Installation.WithScriptsAsync(scripts.MakeFolder("cgi-bin"));
        // Installations translate www-data to whoever runs the tests.
        ExampleFile inetd = Gateway.Named("scgi-run").InetdExample.With("  www-data  ", "  nobody  ");
        await using Site site = await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, inetd), ExampleFile.Read("nginx-examples/git.conf"));

        string commands = GitCommands().Match(await File.ReadAllTextAsync(Repository.PathTo("docs/examples.md"), TestContext.Current.CancellationToken)).Value;
        Assert.Contains("git clone http://127.0.0.1:8080/git/project.git", commands, StringComparison.Ordinal);
        commands = commands.Replace("www-data", "nobody", StringComparison.Ordinal).Replace("/srv/git", installation.GitFolder, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{site.Browser.Port}"), StringComparison.Ordinal);
        string home = installation.Folder.MakeFolder("home");
        await Command.RunAsync("sh", ["-euc", commands], home, [$"HOME={home}", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0"]);
        Assert.True(Directory.Exists(Path.Combine(home, "project/.git")));
    }

    [Theory, Trait("fault", "N4"), InlineData("scgi-run", "on"), InlineData("scgi-run", "off"), InlineData("fcgi-run", "on"), InlineData("fcgi-run", "off")]
    public async Task A_script_gets_all_of_an_upload_with_the_git_recipe_whether_nginx_streams_it_or_not(string program, string buffering)
    {
        Requires.Tools("nginx", "inetd");
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        string script = installation.Folder.WriteScript("count.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s ' \"$CONTENT_LENGTH\"\nhead -c \"$CONTENT_LENGTH\" | wc -c\n");
        ExampleFile inetd = gateway.InetdExample.With(GitBackend, script);
        ExampleFile nginx = gateway.Translate(ExampleFile.Read("nginx-examples/git.conf")).With("_request_buffering on", $"_request_buffering {buffering}");
        await using Site site = await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, inetd), nginx);
        foreach (int length in new[] { 0, 1, 65_536, 300_000 })
            Assert.Equal($"{length} {length}", (await site.Browser.PostAsync("/git/x", new byte[length])).Body.Trim());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_page_of_gitweb_has_its_style_sheet_with_and_without_a_path_in_its_URL(string program)
    {
        Requires.Tools("nginx", "inetd", "perl", GitwebProgram);
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        await using Site site = await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, gateway.InetdExample), gateway.Translate(ExampleFile.Read("nginx-examples/gitweb.conf")));
        string page = (await site.Browser.GetAsync("/gitweb/gitweb.cgi")).Body;
        Assert.Contains("href=\"static/gitweb.css\"", page);
        Assert.DoesNotContain("<base ", page);
        // With a path, the style sheet is relative to the address in the page's base.
        Assert.Contains($"<base href=\"http://localhost:{site.Browser.Port}/gitweb/gitweb.cgi\"", (await site.Browser.GetAsync("/gitweb/gitweb.cgi/project.git")).Body);
        ScriptReply sheet = await site.Browser.GetAsync("/gitweb/static/gitweb.css");
        Assert.Equal((200, "text/css"), (sheet.Status, sheet.Header("Content-Type")));
    }

    [Theory, Trait("fault", "AF-A"), InlineData("scgi-run"), InlineData("fcgi-run")]
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

    /// <summary>The block of shell in which a repository is made and cloned.</summary>
    [GeneratedRegex("(?<=```sh\n)git init(?:(?!```).)*", RegexOptions.Singleline)]
    private static partial Regex GitCommands();
}
