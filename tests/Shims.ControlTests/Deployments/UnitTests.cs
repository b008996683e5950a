using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>Slips in units of systemd and in xinetd's files, which need no manager to be seen.</summary>
public sealed class UnitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Programs => ["scgi-run", "fcgi-run", "uwsgi-run", "ajp-run"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Programs))]
    public async Task Doctor_finds_no_error_in_the_examples_for_systemd_and_xinetd(string program)
    {
        foreach (string name in new[] { $"systemd/{program}.socket", $"systemd/{program}-wait.socket", $"xinetd/{program}", $"xinetd/{program}-wait" })
        {
            string file = name.StartsWith("xinetd", StringComparison.Ordinal) ? Install(name) : InstallUnits(Path.GetFileNameWithoutExtension(name), name.Contains("-wait", StringComparison.Ordinal));
            Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, file);
            Assert.True(diagnosis.Errors.Count == 0, $"{name}: {diagnosis}");
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Doctor_finds_no_problem_in_the_units_of_the_packages(string program)
    {
        await Command.RunAsync(Repository.PathTo("scripts/units"), [_folder.Path]);
        foreach (string name in Directory.EnumerateFiles(_folder.Path, $"{program}*"))
        {
            // A folder of scripts that is there, programs where they are, and a group that every machine has.
            string text = File.ReadAllText(name).Replace("/usr/libexec", Repository.PathTo("bin"), StringComparison.Ordinal)
                .Replace("/srv/cgi-bin/", Repository.PathTo("inetd-examples/cgi-bin/"), StringComparison.Ordinal).Replace("SocketGroup=shims", "SocketGroup=daemon", StringComparison.Ordinal);
            File.WriteAllText(name, text);
        }
        foreach (string socket in new[] { $"{program}.socket", $"{program}-wait.socket" })
        {
            // A web server in the group: its user is the only one that is in it everywhere.
            Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", "--web-user", "daemon", _folder.PathTo(socket));
            Assert.DoesNotContain(diagnosis.Problems, problem => problem.Subject.Contains(".service", StringComparison.Ordinal) && problem.Cause.Contains("user", StringComparison.Ordinal));
            Assert.DoesNotContain(diagnosis.Problems, problem => problem.Cause.Contains("root", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_web_server_outside_of_the_group_of_a_socket_is_taken_into_it()
    {
        string socket = InstallUnits("scgi-run", isWait: false);
        BreakableSite.Break(socket, $"SocketUser={Environment.UserName}\nSocketMode=0600", "SocketGroup=daemon\nSocketMode=0660");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", "--web-user", "nobody", socket)).The("does not let user nobody connect");
        Assert.Equal("usermod -aG daemon -- nobody", finding.Command);
    }

    [Theory]
    [InlineData("scgi-run@.service", "StandardInput=socket\n", "", "does not get the connection as its standard input")]
    [InlineData("scgi-run@.service", "StandardInput=socket\n", "StandardInput=null\n", "does not get the connection as its standard input")]
    [InlineData("scgi-run@.service", "User=", "User=nobody-such", "there is no user nobody-such")]
    [InlineData("scgi-run@.service", "/scgi-run ", "/scgi-rum ", "does not exist")]
    [InlineData("scgi-run@.service", "StandardError=journal\n", "", "standard error is the connection")]
    [InlineData("scgi-run@.service", "CollectMode=inactive-or-failed\n", "", "stays in the list of units for ever")]
    [InlineData("scgi-run.socket", "TriggerLimitBurst=0\n", "", "stops the socket for good")]
    [InlineData("scgi-run.socket", "TriggerLimitBurst=0\n", "TriggerLimitBurst=20\n", "stops the socket for good")]
    [InlineData("scgi-run.socket", "[Install]\nWantedBy=sockets.target\n", "", "nothing starts it with the machine")]
    [InlineData("scgi-run.socket", "SocketMode=0600", "SocketMode=0666", "every user of this machine may connect")]
    [InlineData("scgi-run.socket", "Accept=yes", "Accept=no", "one service gets the listening socket")]
    [InlineData("scgi-run.socket", "ListenStream=", "ListenDatagram=", "not in datagrams")]
    public async Task A_slip_in_a_unit_is_named_with_its_line_and_gone_after_the_cure(string unit, string text, string wrong, string cause)
    {
        string socket = InstallUnits("scgi-run", isWait: false);
        BreakableSite.Break(_folder.PathTo(unit), text, wrong);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", socket)).The(cause);
        Assert.StartsWith(_folder.Path, finding.Subject, StringComparison.Ordinal);
        if (finding.Command is null)
            return;
        await finding.CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", socket)).Problems, problem => problem.Cause.Contains(cause, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Three_slips_in_one_unit_are_cured_by_their_commands_in_the_order_in_which_they_are_printed()
    {
        string socket = InstallUnits("scgi-run", isWait: false), service = _folder.PathTo("scgi-run@.service");
        foreach ((string text, string wrong) in new[] { ("CollectMode=inactive-or-failed\n", ""), ("StandardInput=socket\n", ""), ("/bin/scgi-run ", "/bim/scgi-run ") })
            BreakableSite.Break(service, text, wrong);
        DiagnosisFinding[] found = [.. (await Diagnosis.AskAsync("--no-run", socket)).Problems.Where(problem => problem.Command?.Contains(service, StringComparison.Ordinal) == true)];
        Assert.Equal(3, found.Length);
        foreach (DiagnosisFinding finding in found)
            await finding.CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", socket)).Problems, problem => problem.Command?.Contains(service, StringComparison.Ordinal) == true);
        Assert.Contains($"ExecStart={Repository.PathTo("bin/scgi-run")} ", File.ReadAllText(service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_is_roots_alone_is_given_to_the_web_server()
    {
        string socket = InstallUnits("scgi-run", isWait: false);
        BreakableSite.Break(socket, $"SocketUser={Environment.UserName}\n", "");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", "--web-user", "nobody", socket)).The("does not let user nobody connect");
        await finding.CureAsync();
        Assert.Contains("SocketUser=nobody\n", File.ReadAllText(socket), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uwsgi-run", "disable         = no", "disable         = yes", "the service is switched off")]
    [InlineData("uwsgi-run", "= /srv/cgi-bin/", "= uwsgi-run /srv/cgi-bin/", "gets its own name as its first argument")]
    [InlineData("uwsgi-run", "/bin/uwsgi-run\n", "/bim/uwsgi-run\n", "does not exist")]
    [InlineData("ajp-run", "disable         = no", "disable         = yes", "the service is switched off")]
    [InlineData("ajp-run", "= --secret-file", "= ajp-run --secret-file", "gets its own name as its first argument")]
    [InlineData("ajp-run", "/bin/ajp-run\n", "/bim/ajp-run\n", "does not exist")]
    public async Task A_slip_in_xinetds_file_for_another_wire_is_named_with_its_line_and_gone_after_the_cure(string program, string text, string wrong, string cause)
    {
        string file = Install($"xinetd/{program}");
        BreakableSite.Break(file, text.Replace("/srv", _folder.Path, StringComparison.Ordinal), wrong.Replace("/srv", _folder.Path, StringComparison.Ordinal));
        await (await Diagnosis.AskAsync("--no-run", file)).The(cause).CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems, problem => problem.Cause.Contains(cause, StringComparison.Ordinal));
    }

    [Theory, InlineData("xinetd/ajp-run", "--secret-file SECRET "), InlineData("xinetd/ajp-run-wait", "--secret-file SECRET ")]
    public async Task A_port_of_xinetd_for_ajp_run_without_a_secret_is_an_error(string name, string option)
    {
        string file = Install(name);
        BreakableSite.Break(file, option.Replace("SECRET", _folder.PathTo("ajp-secret"), StringComparison.Ordinal), "");
        Assert.Equal("error", (await Diagnosis.AskAsync("--no-run", file)).The("which every user of this machine can connect to, without a secret").Severity);
    }

    [Theory]
    [InlineData("disable         = no", "disable         = yes", "the service is switched off")]
    [InlineData("= /srv/cgi-bin/", "= scgi-run /srv/cgi-bin/", "gets its own name as its first argument")]
    [InlineData("= UNLISTED", "= ", "takes the port only of a service whose type is UNLISTED")]
    [InlineData("stream", "dgram", "only a stream will do")]
    [InlineData("100000 1", "25 30", "after 25 requests in a second")]
    [InlineData("per_source      = UNLIMITED", "per_source      = 2", "only 2 of one source are served")]
    public async Task A_slip_in_xinetds_file_is_named_with_its_line_and_gone_after_the_cure(string text, string wrong, string cause)
    {
        string file = Install("xinetd/scgi-run");
        BreakableSite.Break(file, text.Replace("/srv", _folder.Path, StringComparison.Ordinal), wrong.Replace("/srv", _folder.Path, StringComparison.Ordinal));
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(cause);
        await finding.CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems, problem => problem.Cause.Contains(cause, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("scgi-run@.service", "StandardInput=socket\n", "", "does not get the connection as its standard input")]
    [InlineData("scgi-run@.service", "/bin/scgi-run ", "/bim/scgi-run ", "does not exist")]
    [InlineData("scgi-run.socket", "Accept=yes", "Accept=no", "one service gets the listening socket")]
    public async Task Units_of_systemd_serve_again_after_the_fix(string unit, string text, string wrong, string cause)
    {
        Requires.Tools("systemd-socket-activate");
        string socket = InstallUnits("scgi-run", isWait: false), script = _folder.PathTo("cgi-bin/hello.cgi");
        Assert.Contains("hello", await AnswerAsync(socket, script), StringComparison.Ordinal);
        BreakableSite.Break(_folder.PathTo(unit), text, wrong);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", socket)).The(cause);
        Assert.DoesNotContain("hello", await AnswerAsync(socket, script), StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains("hello", await AnswerAsync(socket, script), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable         = no", "disable         = yes", "the service is switched off")]
    [InlineData("= /srv/cgi-bin/", "= scgi-run /srv/cgi-bin/", "gets its own name as its first argument")]
    [InlineData("= UNLISTED", "= ", "takes the port only of a service whose type is UNLISTED")]
    [InlineData("    type            = UNLISTED\n", "", "takes the port only of a service whose type is UNLISTED")]
    [InlineData("/bin/scgi-run\n", "/bim/scgi-run\n", "does not exist")]
    public async Task Xinetd_serves_again_after_the_fix(string text, string wrong, string cause)
    {
        Requires.That(await Xinetd.FindAsync() is not null, "xinetd (or apt-get, and a mirror, to download it)");
        int port = FreePort.Next();
        string file = Install("xinetd/scgi-run"), script = _folder.PathTo("cgi-bin/hello.cgi");
        BreakableSite.Break(file, "= 4000", $"= {port}");
        Assert.Contains("hello", await AnswerAsync(file, port, script), StringComparison.Ordinal);
        BreakableSite.Break(file, text.Replace("/srv", _folder.Path, StringComparison.Ordinal), wrong.Replace("/srv", _folder.Path, StringComparison.Ordinal));
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(cause);
        Assert.DoesNotContain("hello", await AnswerAsync(file, port, script), StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains("hello", await AnswerAsync(file, port, script), StringComparison.Ordinal);
    }

    /// <summary>What comes of a request to a pair of units; nothing where systemd finds no service for the socket.</summary>
    private static async Task<string> AnswerAsync(string socket, string script)
    {
        bool accepts = File.ReadLines(socket).Contains("Accept=yes");
        string service = Path.ChangeExtension(socket, null) + (accepts ? "@.service" : ".service");
        if (!File.Exists(service))
            return "";
        await using SocketActivate activate = await SocketActivate.StartAsync(socket, service);
        return await AskAsync(activate.Address, script);
    }

    /// <summary>What comes of a request to a service of xinetd; nothing where it can offer none.</summary>
    private async Task<string> AnswerAsync(string file, int port, string script)
    {
        try
        {
            await using Xinetd xinetd = await Xinetd.StartAsync(file, _folder, $"127.0.0.1:{port}");
            return await AskAsync($"127.0.0.1:{port}", script);
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static async Task<string> AskAsync(string address, string script)
    {
        using Connection connection = await Connection.OpenAsync(address);
        return Encoding.UTF8.GetString((await ScgiClient.ExchangeAsync(connection, RequestVariables.For("GET", script))).Bytes);
    }

    private string InstallUnits(string name, bool isWait)
    {
        Install($"systemd/{name}{(isWait ? "" : "@")}.service");
        return Install($"systemd/{name}.socket");
    }

    /// <summary>Under its own name, because units find each other by their names; with a user and places that this machine has.</summary>
    private string Install(string name)
    {
        if (!Directory.Exists(_folder.PathTo("cgi-bin")))
            _folder.WriteScript("cgi-bin/hello.cgi", "#!/bin/sh\necho Content-Type: text/plain; echo; echo hello\n");
        string secret = _folder.PathTo("ajp-secret");
        if (!File.Exists(secret))
        {
            File.WriteAllText(secret, "xyzzy\n");
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        // The checkout's own path comes last: it may hold any of the others.
        string text = ExampleFile.Read($"inetd-examples/{name}").Text.Replace("PrivateTmp=yes\n", "", StringComparison.Ordinal).Replace("/etc/shims/ajp-secret", secret, StringComparison.Ordinal)
            .Replace("/srv", _folder.Path, StringComparison.Ordinal).Replace("/run/shims", _folder.Path, StringComparison.Ordinal)
            .Replace("www-data", Environment.UserName, StringComparison.Ordinal).Replace("/usr/local/libexec", Repository.PathTo("bin"), StringComparison.Ordinal);
        return _folder.Write(Path.GetFileName(name), text);
    }
}
