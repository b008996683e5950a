using System.Net;
using System.Net.Sockets;
using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Inetd;
using Shims.Control.Servers.Nginx;
using Shims.Control.Users;
using Shims.Testing;
using SocketAddress = Shims.Control.Servers.Checking.SocketAddress;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor looks at everything, whatever one thing is like.</summary>
public sealed class RobustnessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DoctorSettings Settings => new() { User = UserAccount.Current, MayRun = false, Gateway = ["scgi-run", "--stderr", "inherit"] };

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("fault", "F09")]
    public void A_link_that_leads_nowhere_is_a_finding_and_the_other_files_are_looked_at()
    {
        _folder.WriteScript("d/a.cgi", "#!/bin/sh\n");
        File.CreateSymbolicLink(_folder.PathTo("d/m"), "/nowhere");
        File.CreateSymbolicLink(_folder.PathTo("d/n"), "n");
        _folder.WriteScript("d/z.cgi", "#!/bin/sh\n");
        Finding[] findings = [.. Examinations.ExamineAll([_folder.PathTo("d")], Settings)];
        Assert.Equal(["a.cgi", "m", "n", "z.cgi"], findings.Select(finding => Path.GetFileName(finding.Subject)));
        Assert.Equal("the link leads to /nowhere, which is not there", findings[1].Cause);
        Assert.Equal("the link leads to n, and so round in a circle", findings[2].Cause);
        Assert.Equal([Severity.Good, Severity.Error, Severity.Error, Severity.Good], findings.Select(finding => finding.Severity));
    }

    [Fact, Trait("fault", "F09")]
    public void A_link_that_leads_nowhere_ends_no_run_over_configurations()
    {
        string link = File.CreateSymbolicLink(_folder.PathTo("inetd.conf"), "/nowhere").FullName, script = _folder.WriteScript("a.cgi", "#!/bin/sh\n");
        Finding[] findings = [.. Examinations.ExamineAll([link, script], Settings)];
        Assert.Equal([link, script], findings.Select(finding => finding.Subject));
    }

    [Fact, Trait("fault", "F09")]
    public void A_failure_with_one_file_is_a_finding_about_that_file()
    {
        static IEnumerable<Finding> Fail()
        {
            yield return new Finding(Severity.Good, "x", "begun");
            throw new NotSupportedException("This is new.");
        }
        Assert.Equal(["begun", "it cannot be looked at: This is new"], ExaminationGuard.Run("x", Fail).Select(finding => finding.Cause));
    }

    [Theory, Trait("fault", "F08")]
    [InlineData("tcp:[::1]:{0}"), InlineData("tcp:localhost:{0}")]
    public void A_service_on_an_IPv6_address_is_reached(string form)
    {
        Requires.That(Socket.OSSupportsIPv6, "IPv6");
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        string address = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, ((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Equal("a server listens there", Examinations.ExamineAll([address], Settings with { MayRun = true }).First().Cause);
        listener.Stop();
        Assert.Equal("connect() fails with 111 (Connection refused): no server listens at this port", Assert.Single(Examinations.ExamineAll([address], Settings with { MayRun = true })).Cause);
    }

    [Theory, Trait("fault", "F08")]
    [InlineData("tcp:[::1]:9000", "::1", "[::1]:9000"), InlineData("[::1]:9000", "::1", "[::1]:9000"), InlineData("127.0.0.1:9000", "127.0.0.1", "127.0.0.1:9000"), InlineData("[::]:9000", null, "*:9000")]
    public void An_IPv6_address_has_brackets_only_where_it_is_written(string text, string? host, string written)
    {
        SocketAddress address = SocketAddress.Parse(text)!;
        Assert.Equal((host, written), (address.Host, address.ToString()));
        Assert.True(address.Serves(SocketAddress.Tcp("::1", 9000)) || host == "127.0.0.1");
    }

    [Theory, Trait("fault", "L9")]
    [InlineData("--record /var/lib/shims --record-all /srv/cgi-bin/"), InlineData("--record-all --record=/x /srv/cgi-bin/"), InlineData("--record /x --record-secrets /srv/cgi-bin/"), InlineData("--truthful --status --idle 3 /srv/cgi-bin/"), InlineData("-- /srv/cgi-bin/")]
    public void Options_are_known_as_the_gateways_know_them(string arguments)
    {
        var command = new ProgramCommand("/usr/local/libexec/scgi-run", arguments.Split(' '));
        Assert.Equal("/srv/cgi-bin/", command.Target);
        bool lacksRecord = arguments.StartsWith("--record-all --record=", StringComparison.Ordinal);
        Assert.Null(lacksRecord ? null : command.Fault);
    }

    [Fact, Trait("fault", "L9")]
    public void Options_in_a_file_are_read_as_the_gateways_read_them()
    {
        string file = _folder.Write("options", "# what inetd has no room for\n--stderr /var/log/shims.log\n--env GREETING=hello, world\n--nosuch\n");
        var command = new ProgramCommand("/usr/local/libexec/scgi-run", ["--options", file, "-f", "-c", "4", "/srv/cgi-bin/"]);
        Assert.Equal(("/srv/cgi-bin/", "/var/log/shims.log"), (command.Target, command.ValueOf("--stderr")));
        Assert.StartsWith("unknown option --nosuch", command.Fault, StringComparison.Ordinal);
        Assert.Equal("GREETING=hello, world", Assert.Single(command.ValuesOf("--env")));
        command = new ProgramCommand("/usr/local/libexec/scgi-run", ["--options", "/nosuch", "/srv/cgi-bin/"]);
        Assert.Equal("/srv/cgi-bin/", command.Target);
        Assert.Equal("--options /nosuch: there is no such file: write its path, which begins with a slash", command.Fault);
    }

    [Fact]
    public void A_file_of_options_is_read_once_and_two_commands_are_equal_before_and_after()
    {
        string file = _folder.Write("options", "--stderr /var/log/shims.log\n[a.cgi]\n--timeout 5\n");
        var command = new ProgramCommand("/usr/local/libexec/scgi-run", ["--options", file, "/srv/cgi-bin/"]);
        var same = new ProgramCommand("/usr/local/libexec/scgi-run", ["--options", file, "/srv/cgi-bin/"]);
        Assert.Equal("/var/log/shims.log", command.ValueOf("--stderr"));
        Assert.Equal(same, command);
        File.Delete(file);
        Assert.Equal(("/srv/cgi-bin/", "/var/log/shims.log", 1), (command.Target, command.ValueOf("--stderr"), command.Sections.Count));
        Assert.Null((command with { Arguments = ["/srv/other/"] }).ValueOf("--stderr"));
    }

    [Theory]
    [InlineData("", true), InlineData("--idle 3", true), InlineData("--idle 3 --", true), InlineData("--env", false), InlineData("--nosuch", false), InlineData("--idle soon", false)]
    [InlineData("--idle /srv/cgi-bin/", false), InlineData("/srv/cgi-bin/", false), InlineData("--nosuch /srv/cgi-bin/", false)]
    public void A_line_that_is_right_but_for_TARGET_is_told_from_a_wrong_one(string arguments, bool lacksOnlyTarget) =>
        Assert.Equal(lacksOnlyTarget, new ProgramCommand("/usr/local/libexec/scgi-run", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).LacksOnlyTarget);

    [Fact, Trait("fault", "L9")]
    public async Task Every_option_in_the_help_of_the_gateways_is_known()
    {
        foreach (string program in (string[])["scgi-run", "fcgi-run"])
        {
            string help = (await Launcher.RunAsync(new Launch { Program = Repository.Program(program), Arguments = ["--help"] })).OutputText;
            string[] options = [.. System.Text.RegularExpressions.Regex.Matches(help, @"^ +(?:-\S+, )*(--[a-z-]+)( <)?", System.Text.RegularExpressions.RegexOptions.Multiline).Select(match => match.Groups[1].Value + (match.Groups[2].Success ? " value" : ""))];
            Assert.NotEmpty(options);
            Assert.All(options, option => Assert.Equal("/x", new ProgramCommand($"/{program}", [.. option.Split(' '), "/x"]).Target));
            Assert.All(options, option => Assert.DoesNotContain("unknown option", new ProgramCommand($"/{program}", [.. option.Split(' '), "/x"]).Fault ?? "", StringComparison.Ordinal));
        }
    }

    [Theory, InlineData(20, false), InlineData(21, true), Trait("fault", "inetd-20-words")]
    public void More_words_than_inetd_passes_are_counted(int words, bool isTooMany)
    {
        string file = _folder.Write("inetd.conf", $"/run/x.sock stream unix nowait.9999999 root /bin/scgi-run scgi-run {string.Join(' ', Enumerable.Repeat("--truthful", words - 2))} /srv/\n");
        Finding[] found = [.. InetdChecks.Examine(Assert.Single(InetdReader.Parse(File.ReadAllText(file), file)), file).Where(finding => finding.Cause.Contains("drops the rest", StringComparison.Ordinal))];
        Assert.Equal(isTooMany ? 1 : 0, found.Length);
        if (isTooMany)
            Assert.Contains("--options FILE", found[0].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_of_a_file_of_options_that_names_no_script_is_a_warning_at_its_line()
    {
        _folder.WriteScript("cgi/shop/report.pl", "#!/bin/sh\necho\n");
        string options = _folder.Write("options", "--truthful\n[shop/report.pl]\n--timeout 300\n[report.pl]\n--timeout 300\n");
        string file = _folder.Write("inetd.conf", $"/run/x.sock stream unix nowait.9999999 root {Repository.Program("scgi-run")} scgi-run --options {options} {_folder.PathTo("cgi")}/\n");
        Service service = Assert.Single(InetdConfiguration.Load(file, File.ReadAllText(file)).Services);
        Finding found = Assert.Single(ServiceChecks.Examine(service, new ConfigurationSet([], [], static _ => null), Settings), finding => finding.Cause.Contains("section", StringComparison.Ordinal));
        Assert.Equal((Severity.Warning, $"{options}:4"), (found.Severity, found.Subject));
        Assert.StartsWith($"the section [report.pl] is without effect: the script {_folder.PathTo("cgi/report.pl")} does not exist", found.Cause, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "F10")]
    public void A_line_with_tcpd_is_left_as_it_is()
    {
        string file = _folder.Write("inetd.conf", "127.0.0.1:27180 stream tcp nowait.9999999 root /usr/sbin/tcpd /bin/scgi-run /srv/cgi-bin/hello.cgi\n");
        Assert.DoesNotContain(InetdChecks.Examine(Assert.Single(InetdReader.Parse(File.ReadAllText(file), file)), file), finding => finding.Cause.Contains("its own name", StringComparison.Ordinal));
    }

    [Fact, Trait("fault", "F13")]
    public void A_location_on_one_line_is_not_mended_by_a_line_after_it()
    {
        string file = _folder.Write("nginx.conf", "server {\n  listen 127.0.0.1:80;\n  location /repos { scgi_param REQUEST_METHOD x; scgi_param SCRIPT_NAME \"/repos\"; scgi_param PATH_INFO $uri; scgi_pass unix:/run/fossil.sock; }\n}\n");
        NginxLocation location = Assert.Single(NginxConfiguration.Load(file, File.ReadAllText(file)).Locations);
        Assert.Null(NginxFixes.Mount(location));
        Assert.Null(ConfigurationEdit.InsertAfter(location.Pass.Place, "include scgi_params;"));
    }

    [Theory, Trait("fault", "H7")]
    [InlineData("", "GIT_PROJECT_ROOT /srv/git", "--env GIT_PROJECT_ROOT=/srv/git, which no request can change, or --allow-env GIT_PROJECT_ROOT")]
    [InlineData("", "SITE $host", "write before TARGET: --allow-env SITE")]
    [InlineData("--allow-env GIT_PROJECT_ROOT", "GIT_PROJECT_ROOT /srv/git", null), InlineData("--allow-env GIT_*", "GIT_PROJECT_ROOT /srv/git", null)]
    [InlineData("--env GIT_PROJECT_ROOT=/x", "GIT_PROJECT_ROOT /srv/git", null), InlineData("--drop-env GIT_PROJECT_ROOT", "GIT_PROJECT_ROOT /srv/git", null), InlineData("", "SERVER_ADMIN me", null)]
    public void A_variable_that_the_gateway_holds_back_is_named_with_what_lets_it_through(string options, string parameter, string? advice)
    {
        string nginx = _folder.Write("nginx.conf", $"server {{\n  location /x {{\n    scgi_param {parameter};\n    scgi_pass unix:/run/x.sock;\n  }}\n}}\n");
        string inetd = _folder.Write("inetd.conf", $"/run/x.sock stream unix nowait.9999999 root /bin/scgi-run scgi-run {options} /srv/\n");
        Upstream upstream = Assert.Single(NginxConfiguration.Load(nginx, File.ReadAllText(nginx)).Upstreams);
        Finding[] found = [.. HeldBackChecks.Examine(upstream, Assert.Single(InetdConfiguration.Load(inetd, File.ReadAllText(inetd)).Services))];
        Assert.Equal(advice is null ? 0 : 1, found.Length);
        if (advice is not null)
            Assert.Contains(advice, found[0].Advice, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "AF-A")]
    [InlineData("8080", "$host", true), InlineData("127.0.0.1:8080", "$host", true), InlineData("[::]:8080", "$host", true), InlineData("80", "$host", false), InlineData("443 ssl", "$host", false)]
    [InlineData("8080", "$host:$server_port", false), InlineData("8080", "$http_host", false), InlineData("unix:/run/x", "$host", false)]
    public void A_host_that_is_sent_without_its_port_is_warned_of_where_the_port_is_another_one(string listen, string host, bool isWarnedOf)
    {
        string file = _folder.Write("nginx.conf", $"server {{\n  listen {listen};\n  location /x {{\n    scgi_param REQUEST_METHOD $request_method;\n    scgi_param HTTP_HOST {host};\n    scgi_pass unix:/run/x.sock;\n  }}\n}}\n");
        var configuration = NginxConfiguration.Load(file, File.ReadAllText(file));
        NginxLocation location = Assert.Single(configuration.Locations);
        Finding[] found = [.. NginxChecks.Examine(location, configuration.ToUpstream(location)).Where(finding => finding.Cause.Contains("without the port", StringComparison.Ordinal))];
        Assert.Equal(isWarnedOf ? [Severity.Warning] : [], found.Select(finding => finding.Severity));
    }
}
