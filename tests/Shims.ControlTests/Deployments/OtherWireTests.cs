using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor makes of uwsgi and AJP13: halves that do not fit, and secrets.</summary>
public sealed class OtherWireTests : IDisposable
{
    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData("uwsgi-run", "nginx-examples/uwsgi.conf")]
    [InlineData("uwsgi-run", "webserver-examples/apache-uwsgi.conf")]
    [InlineData("uwsgi-run", "webserver-examples/lighttpd-uwsgi.conf")]
    [InlineData("ajp-run", "webserver-examples/apache-ajp.conf")]
    [InlineData("ajp-run", "webserver-examples/apache-ajp-balancer.conf")]
    [InlineData("ajp-run", "webserver-examples/lighttpd-ajp13.conf")]
    public async Task Doctor_finds_no_error_in_an_example_and_its_other_half(string superServer, string webServer)
    {
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        string web = installation.Install(ExampleFile.Read(webServer));
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", installation.Install(WithSecret(installation, $"inetd-examples/{superServer}.conf")), web);
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
        Assert.Contains(diagnosis.Findings, finding => finding.Subject.StartsWith(web, StringComparison.Ordinal) || finding.Subject.StartsWith(installation.Sockets, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nginx", "ajp-run", "speaks AJP13", "start SCGI")]
    [InlineData("nginx", "uwsgi-run", "speaks uwsgi", "let nginx speak uwsgi")]
    [InlineData("nginx-uwsgi", "scgi-run", "speaks SCGI", "let nginx speak SCGI")]
    [InlineData("nginx-uwsgi", "fcgi-run", "speaks FastCGI", "let nginx speak FastCGI")]
    [InlineData("nginx-uwsgi", "ajp-run", "speaks AJP13", "start uwsgi-run there")]
    [InlineData("apache-ajp", "uwsgi-run", "speaks uwsgi", "let Apache speak uwsgi")]
    [InlineData("apache-ajp", "scgi-run", "speaks SCGI", "let Apache speak SCGI")]
    [InlineData("apache-ajp", "fcgi-run", "speaks FastCGI", "let Apache speak FastCGI")]
    [InlineData("apache-uwsgi", "ajp-run", "speaks AJP13", "let Apache speak AJP13")]
    [InlineData("apache-uwsgi", "fcgi-run", "speaks FastCGI", "let Apache speak FastCGI")]
    [InlineData("lighttpd-uwsgi", "scgi-run", "speaks SCGI", "let lighttpd speak SCGI")]
    [InlineData("lighttpd-ajp", "uwsgi-run", "speaks uwsgi", "let lighttpd speak uwsgi")]
    [InlineData("caddy", "uwsgi-run", "speaks uwsgi", "start fcgi-run there")]
    public async Task Crossed_protocols_are_named_with_both_halves(string web, string program, string cause, string cure)
    {
        string socket = Path.Combine(_installation.Sockets, "x.sock");
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", Inetd($"{socket} stream unix nowait.9999999", program, ""), Web(web, socket));
        DiagnosisFinding finding = diagnosis.The(cause);
        Assert.Equal("error", finding.Severity);
        Assert.Contains($"but {program}, which inetd starts there", finding.Cause, StringComparison.Ordinal);
        Assert.Contains(cure.StartsWith("start SCGI", StringComparison.Ordinal) ? "start scgi-run there" : cure, finding.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("nginx speak AJP13", diagnosis.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Caddy speak", diagnosis.ToString(), StringComparison.Ordinal);
        AssertNoContradiction(diagnosis);
    }

    [Fact]
    public async Task A_port_of_ajp_run_without_a_secret_is_an_error_and_with_the_option_a_warning()
    {
        Assert.Equal("error", (await AskAboutAsync("127.0.0.1:8009 stream tcp wait", "")).The("which every user of this machine can connect to, without a secret").Severity);
        Assert.Equal("error", (await AskAboutAsync("0.0.0.0:8009 stream tcp wait", "--insecure-no-secret")).The("can be reached over the network, without a secret").Severity);
        Assert.Equal("warning", (await AskAboutAsync("127.0.0.1:8009 stream tcp wait", "--insecure-no-secret")).The("and say which user has logged in").Severity);
        Assert.DoesNotContain("secret", (await AskAboutAsync($"{_installation.Sockets}/a.sock stream unix wait", "")).ToString(), StringComparison.Ordinal);

        Task<Diagnosis> AskAboutAsync(string start, string options) => Diagnosis.AskAsync("--no-run", Inetd(start, "ajp-run", options));
    }

    [Fact]
    public async Task A_uwsgi_listener_that_the_network_reaches_is_a_warning() =>
        Assert.Equal("warning", (await Diagnosis.AskAsync("--no-run", Inetd("0.0.0.0:3031 stream tcp wait", "uwsgi-run", ""))).The("every client that reaches it").Severity);

    [Fact]
    public async Task Secrets_that_differ_or_are_missing_are_errors_and_are_never_shown()
    {
        const string secret = "xyzzy-plugh", other = "other-secret";
        string file = Secret(secret), inetd = Inetd("127.0.0.1:8009 stream tcp wait", "ajp-run", $"--secret-file {file}");
        Diagnosis missing = await AskAsync(""), different = await AskAsync($" secret={other}"), right = await AskAsync($" secret={secret}");
        Assert.Equal("error", missing.The("it sends no secret, and ajp-run asks for the one in").Severity);
        Assert.Equal("error", different.The("its secret is not the one in").Severity);
        Assert.DoesNotContain(right.Problems, finding => finding.Cause.Contains("secret is not", StringComparison.Ordinal));
        foreach (Diagnosis diagnosis in new[] { missing, different, right })
        {
            Assert.DoesNotContain(secret, diagnosis.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(other, diagnosis.ToString(), StringComparison.Ordinal);
            AssertNoContradiction(diagnosis);
        }

        Task<Diagnosis> AskAsync(string end)
        {
            string web = _installation.Folder.Write("site.conf", $"<VirtualHost *:80>\nProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon ping=5{end}\n</VirtualHost>\n");
            File.SetUnixFileMode(web, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return Diagnosis.AskAsync("--no-run", inetd, web);
        }
    }

    [Fact]
    public async Task A_secret_in_a_file_that_everyone_can_read_is_a_warning_with_the_command()
    {
        string web = _installation.Folder.Write("site.conf", "<VirtualHost *:80>\nProxyPass \"/cgi-bin/\" \"ajp://127.0.0.1:8009/cgi-bin/\" nocanon secret=x\n</VirtualHost>\n");
        File.SetUnixFileMode(web, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        string inetd = Inetd("127.0.0.1:8009 stream tcp wait", "ajp-run", $"--secret-file {Secret("x")}");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", inetd, web)).The("which every user of this machine can read");
        Assert.Equal("warning", finding.Severity);
        await finding.CureAsync();
        Assert.DoesNotContain("every user of this machine can read", (await Diagnosis.AskAsync("--no-run", inetd, web)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_to_uWSGI_are_named()
    {
        string socket = Path.Combine(_installation.Sockets, "x.sock"), inetd = Inetd($"{socket} stream unix wait", "uwsgi-run", "");
        string web = _installation.Folder.Write("nginx.conf", $"server {{\nlocation /cgi-bin/ {{\nuwsgi_pass unix:{socket};\nuwsgi_modifier1 22;\nuwsgi_param REQUEST_METHOD $request_method;\nuwsgi_param PATH_INFO $document_uri;\nuwsgi_param UWSGI_FILE /x;\n}}\n}}\n");
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", inetd, web);
        Assert.Equal("warning", diagnosis.The("UWSGI_FILE is a setting of uWSGI").Severity);
        DiagnosisFinding order = diagnosis.The("uwsgi_modifier1 22 is an order to uWSGI");
        await order.CureAsync();
        Assert.Contains("uwsgi_modifier1 0;", await File.ReadAllTextAsync(web, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_which_mod_ajp13_leaves_the_path_out_is_emptied()
    {
        string socket = Path.Combine(_installation.Sockets, "x.sock"), inetd = Inetd($"{socket} stream unix wait", "ajp-run", "");
        string web = _installation.Folder.Write("lighttpd.conf", $"server.modules += ( \"mod_ajp13\" )\najp13.server = ( \"/cgi-bin/\" =>\n  (( \"socket\" => \"{socket}\", \"check-local\" => \"disable\" )) )\n");
        await (await Diagnosis.AskAsync("--no-run", inetd, web)).The("mod_ajp13 sends that alone").CureAsync();
        Assert.DoesNotContain("mod_ajp13 sends that alone", (await Diagnosis.AskAsync("--no-run", inetd, web)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>No line is both right and wrong.</summary>
    private static void AssertNoContradiction(Diagnosis diagnosis)
    {
        string[] wrong = [.. diagnosis.Errors.Select(finding => finding.Subject)];
        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Severity == "good" && wrong.Contains(finding.Subject));
    }

    private static ExampleFile WithSecret(Installation installation, string path)
    {
        var file = ExampleFile.Read(path);
        if (!file.Text.Contains("/etc/shims/ajp-secret", StringComparison.Ordinal))
            return file;
        string secret = installation.Folder.Write("ajp-secret", "xyzzy\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file.With("/etc/shims/ajp-secret", secret);
    }

    private string Secret(string text)
    {
        string file = _installation.Folder.Write("ajp-secret", text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private string Inetd(string start, string program, string options) => _installation.Folder.Write("inetd.conf",
        $"{start} {Environment.UserName} {Repository.Program(program)} {program} {options} {_installation.Folder.MakeFolder("cgi-bin")}/\n");

    private string Web(string server, string socket) => server switch
    {
        "nginx" => _installation.Folder.Write("nginx.conf", $"server {{\nlocation /cgi-bin/ {{\nscgi_pass unix:{socket};\nscgi_param REQUEST_METHOD $request_method;\n}}\n}}\n"),
        "nginx-uwsgi" => _installation.Folder.Write("nginx.conf", $"server {{\nlocation /cgi-bin/ {{\nuwsgi_pass unix:{socket};\nuwsgi_param REQUEST_METHOD $request_method;\n}}\n}}\n"),
        "apache-ajp" => _installation.Folder.Write("apache.conf", $"<VirtualHost *:80>\nProxyPass \"/cgi-bin/\" \"unix:{socket}|ajp://x/cgi-bin/\" nocanon\n</VirtualHost>\n"),
        "apache-uwsgi" => _installation.Folder.Write("apache.conf", $"<VirtualHost *:80>\nProxyPass \"/cgi-bin/\" \"unix:{socket}|uwsgi://x/cgi-bin/\"\n</VirtualHost>\n"),
        "lighttpd-uwsgi" => _installation.Folder.Write("lighttpd.conf", $"scgi.protocol = \"uwsgi\"\nscgi.server = ( \"/cgi-bin/\" =>\n  (( \"socket\" => \"{socket}\", \"check-local\" => \"disable\" )) )\n"),
        "lighttpd-ajp" => _installation.Folder.Write("lighttpd.conf", $"ajp13.server = ( \"\" =>\n  (( \"socket\" => \"{socket}\", \"check-local\" => \"disable\" )) )\n"),
        _ => _installation.Folder.Write("Caddyfile", $":8080 {{\n\treverse_proxy unix/{socket} {{\n\t\ttransport fastcgi\n\t}}\n}}\n"),
    };
}
