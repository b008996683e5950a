using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>Apache and lighttpd, and the programs that they start themselves.</summary>
public sealed class WebServerTests(Doctor.DoctorPrograms programs) : IClassFixture<Doctor.DoctorPrograms>
{
    private const string Page = "/cgi-bin/hello.cgi";

    [Fact]
    public async Task Apache_that_may_not_execute_in_a_directory_gets_the_option_for_it()
    {
        Requires.Tools("apache2");
        Requires.That(Apache.HasModule("cgid"), "mod_cgid");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        ExampleFile site = ExampleFile.Read("webserver-examples/apache-app-cgi.conf").With("/app /srv/apps/app", "/cgi-bin/ /srv/cgi-bin/").With("/srv/apps", "/srv/cgi-bin").With("        Options +ExecCGI\n", "").With("Listen ", $"ScriptSock {installation.Folder.PathTo("cgi")}\nListen ");
        string file, main = installation.Folder.PathTo("apache-8080/apache2.conf");
        await using (Apache apache = await Apache.StartAsync(installation, site, ["cgid"]))
        {
            Assert.Equal(403, (await new Browser(installation.PortOf(8080)).GetAsync(Page)).Status);
            DiagnosisFinding finding = (await Diagnosis.AskAsync(main)).The("Options ExecCGI is missing for");
            file = finding.Subject.Split(':')[0];
            await finding.CureAsync();
            apache.Signal(10 /* SIGUSR1: graceful */);
            await WaitForPageAsync(installation, () => apache.Log);
        }
        Assert.Contains("Options +ExecCGI", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Empty((await Diagnosis.AskAsync("--no-run", main)).Errors);
    }

    [Fact]
    public async Task A_program_that_lighttpd_starts_and_that_ends_at_once_is_asked_why()
    {
        Requires.Tools("lighttpd");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        string script = installation.Folder.PathTo("www/cgi-bin/hello.cgi");
        ExampleFile site = ExampleFile.Read("webserver-examples/lighttpd-bin-path.conf").With("/usr/local/libexec/fcgi-run /srv/cgi-bin/", script);
        string file = installation.Install(site);
        DiagnosisFinding finding = (await Diagnosis.AskAsync(programs.Folder, ["--web-user", "nobody", file])).The("hello.cgi ends at once");
        Assert.Contains("is it a CGI script", finding.Advice, StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains($"fcgi-run {script}", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.DoesNotContain((await Diagnosis.AskAsync(programs.Folder, ["--web-user", "nobody", file])).Errors, error => error.Cause.Contains("ends at once", StringComparison.Ordinal));
    }

    [Fact] // P9
    public async Task A_program_that_Apache_starts_and_that_ends_at_once_is_started_through_the_gateway()
    {
        Requires.Tools("apache2");
        Requires.That(Apache.HasModule("fcgid"), "mod_fcgid");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        string script = installation.Folder.PathTo("www/cgi-bin/hello.cgi"), main = installation.Folder.PathTo("apache-8080/apache2.conf");
        ExampleFile site = ExampleFile.Read("webserver-examples/apache-fcgid.conf").With("/usr/local/libexec/fcgi-run /srv/cgi-bin/", script);
        await using Apache apache = await Apache.StartAsync(installation, site, ["fcgid"]);
        var browser = new Browser(installation.PortOf(8080));
        Assert.InRange((await browser.GetAsync(Page)).Status, 500, 503);
        DiagnosisFinding finding = (await Diagnosis.AskAsync(programs.Folder, ["--web-user", "nobody", main])).The("hello.cgi ends at once");
        await finding.CureAsync();
        apache.Signal(10 /* SIGUSR1: graceful */);
        await WaitForPageAsync(installation, () => apache.Log);
        Assert.Empty((await Diagnosis.AskAsync(programs.Folder, ["--web-user", "nobody", main])).Errors);
    }

    [Fact]
    public async Task Lighttpd_that_looks_for_the_file_itself_is_told_not_to()
    {
        Requires.Tools("lighttpd");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        string main = installation.Folder.PathTo("lighttpd-8080/lighttpd.conf");
        ExampleFile site = ExampleFile.Read("webserver-examples/lighttpd-bin-path.conf").With("fastcgi.server = ( \"/\" =>", "fastcgi.server = ( \"/cgi-bin/\" =>")
            .With(",\n            \"check-local\" => \"disable\",\n            \"fix-root-scriptname\" => \"enable\"", "");
        await using (await Lighttpd.StartAsync(installation, site))
            Assert.Equal(404, (await new Browser(installation.PortOf(8080)).GetAsync(Page)).Status);
        DiagnosisFinding finding = (await Diagnosis.AskAsync(main)).The("lighttpd itself looks for a file");
        await finding.CureAsync();
        Diagnosis cured = await Diagnosis.AskAsync(main);
        Assert.True(cured.Errors.Count == 0, cured.ToString());
        await using Lighttpd lighttpd = await Lighttpd.RestartAsync(main, $"127.0.0.1:{installation.PortOf(8080)}");
        await WaitForPageAsync(installation, () => lighttpd.Log);
    }

    [Fact]
    public async Task A_process_that_still_runs_the_old_code_is_ended()
    {
        Requires.Tools("nginx", "inetd", "python3");
        using var installation = new Installation();
        string program = installation.Folder.WriteScript("libexec/resident", ResidentSaying("old"));
        string inetdFile = installation.Folder.Write("inetd.conf", $"{installation.Sockets}/app.sock stream unix wait {Environment.UserName} {program} resident\n");
        await using Inetd inetd = await Inetd.StartAsync(inetdFile);
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("nginx-examples/app.conf"));
        Assert.Equal("old", (await nginx.Browser.GetAsync("/app")).Body);
        File.WriteAllText(program, ResidentSaying("new"));
        // Later than any rounding of the process's start; an edit seldom follows a request within a second.
        File.SetLastWriteTimeUtc(program, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("old", (await nginx.Browser.GetAsync("/app")).Body);
        DiagnosisFinding finding = (await Diagnosis.AskAsync(inetdFile, installation.Folder.PathTo("nginx-8080/nginx.conf"))).The("still runs what was in this file before it was changed");
        Assert.Equal(program, finding.Subject);
        await finding.CureAsync();
        await Patience.UntilAsync(() => nginx.Browser.GetAsync("/app").GetAwaiter().GetResult().Body == "new", "the new code answers");
    }

    [Theory, InlineData("apache-scgi.conf", "scgi-run"), InlineData("apache-fcgi.conf", "fcgi-run"), InlineData("apache-fcgid.conf", "fcgi-run"), InlineData("apache-app.conf", "apps"),
        InlineData("lighttpd-scgi.conf", "scgi-run"), InlineData("lighttpd-fastcgi.conf", "fcgi-run"), InlineData("lighttpd-bin-path.conf", "fcgi-run"), InlineData("lighttpd-app.conf", "apps"),
        InlineData("haproxy.cfg", "fcgi-run"), InlineData("haproxy-app.cfg", "apps"), InlineData("Caddyfile", "fcgi-run")]
    public async Task Doctor_finds_no_error_in_an_example_and_its_other_half(string webServer, string superServer)
    {
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        await Command.RunAsync("cp", ["-R", Repository.PathTo("inetd-examples/apps"), installation.Folder.PathTo("www/apps")]);
        await Command.RunAsync("cp", [Repository.Program("shim-dotnet"), installation.Folder.PathTo("libexec")]);
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", installation.Install(ExampleFile.Read($"inetd-examples/{superServer}.conf")), installation.Install(ExampleFile.Read($"webserver-examples/{webServer}")));
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
    }

    private static async Task WaitForPageAsync(Installation installation, Func<string> log)
    {
        var browser = new Browser(installation.PortOf(8080));
        int status = 0;
        for (long start = Environment.TickCount64; status != 200;)
        {
            Assert.True(Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds, $"{status}\n{log()}");
            try
            {
                status = (await browser.GetAsync(Page)).Status;
            }
            catch (IOException) { } // Between the old and the new workers.
            await Task.Delay(20);
        }
    }

    /// <summary>A program that accepts for ever, as an app that is never reloaded does.</summary>
    private static string ResidentSaying(string word) => $"""
        #!/usr/bin/env python3
        import socket
        listener = socket.socket(fileno=0)
        while True:
            connection = listener.accept()[0]
            try:
                connection.recv(65536)
                connection.sendall(b"Content-Type: text/plain\n\n{word}")
            except OSError:
                pass  # somebody only wanted to know whether anybody listens
            connection.close()

        """;
}
