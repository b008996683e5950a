using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>Slips in units of systemd and in xinetd's files, which need no manager to be seen.</summary>
public sealed class UnitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Programs => ["scgi-run", "fcgi-run"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Programs))]
    public async Task The_examples_have_no_error(string program)
    {
        foreach (string name in new[] { $"systemd/{program}.socket", $"systemd/{program}-wait.socket", $"xinetd/{program}", $"xinetd/{program}-wait" })
        {
            string file = name.StartsWith("xinetd", StringComparison.Ordinal) ? Install(name) : InstallUnits(Path.GetFileNameWithoutExtension(name), name.Contains("-wait", StringComparison.Ordinal));
            Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, file);
            Assert.True(diagnosis.Errors.Count == 0, $"{name}: {diagnosis}");
        }
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
        Workshop.Break(_folder.PathTo(unit), text, wrong);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", socket)).The(cause);
        Assert.StartsWith(_folder.Path, finding.Subject, StringComparison.Ordinal);
        if (finding.Command is null)
            return;
        await finding.CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", socket)).Problems, problem => problem.Cause.Contains(cause, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_that_is_roots_alone_is_given_to_the_web_server()
    {
        string socket = InstallUnits("scgi-run", isWait: false);
        Workshop.Break(socket, $"SocketUser={Environment.UserName}\n", "");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", "--web-user", "nobody", socket)).The("does not let user nobody connect");
        await finding.CureAsync();
        Assert.Contains("SocketUser=nobody\n", File.ReadAllText(socket), StringComparison.Ordinal);
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
        Workshop.Break(file, text.Replace("/srv", _folder.Path, StringComparison.Ordinal), wrong.Replace("/srv", _folder.Path, StringComparison.Ordinal));
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(cause);
        await finding.CureAsync();
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems, problem => problem.Cause.Contains(cause, StringComparison.Ordinal));
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
        string text = ExampleFile.Read($"inetd-examples/{name}").Text.Replace("/usr/local/libexec", Repository.PathTo("bin"), StringComparison.Ordinal).Replace("www-data", Environment.UserName, StringComparison.Ordinal)
            .Replace("PrivateTmp=yes\n", "", StringComparison.Ordinal).Replace("/srv", _folder.Path, StringComparison.Ordinal).Replace("/run/shims", _folder.Path, StringComparison.Ordinal);
        return _folder.Write(Path.GetFileName(name), text);
    }
}
