using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor says of sockets that other machines reach, and of programs that listen by themselves.</summary>
public sealed class PeerTests : IDisposable
{
    private const string Open = "every client that reaches it";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.0.0.0:9000 stream tcp nowait.9999999", "fcgi-run", "", true)]
    [InlineData("192.0.2.7:9000 stream tcp wait", "scgi-run", "", true)]
    [InlineData("0.0.0.0:9000 stream tcp nowait.9999999", "fcgi-run", "--allow-from 10.0.0.0/8", false)]
    [InlineData("0.0.0.0:9000 stream tcp wait", "uwsgi-run", "--allow-from=192.0.2.1", false)]
    [InlineData("127.0.0.1:9000 stream tcp wait", "scgi-run", "", false)]
    public async Task A_line_of_inetd_that_the_network_reaches_names_its_web_servers(string start, string program, string options, bool isOpen) =>
        await ExpectAsync(_folder.Write("inetd.conf", $"{start} {Environment.UserName} {Repository.Program(program)} {program} {options} {_folder.MakeFolder("cgi-bin")}/\n"), isOpen);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("--allow-from 10.0.0.0/8 ", "", false)]
    [InlineData("", "only_from = 10.0.0.0/8", false)]
    [InlineData("", "bind = 127.0.0.1", false)]
    public async Task A_service_of_xinetd_that_the_network_reaches_names_its_web_servers(string options, string attribute, bool isOpen) =>
        await ExpectAsync(_folder.Write("scgi-run", $$"""
            service scgi-run
            {
                type = UNLISTED
                socket_type = stream
                protocol = tcp
                port = 4000
                wait = no
                user = {{Environment.UserName}}
                server = {{Repository.ScgiRun}}
                server_args = {{options}}{{_folder.MakeFolder("cgi-bin")}}/
                disable = no
                {{attribute}}
            }
            """), isOpen);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("--allow-from 10.0.0.0/8 ", "", false)]
    [InlineData("", "Environment=FCGI_WEB_SERVER_ADDRS=192.0.2.1\n", false)]
    public async Task A_socket_of_systemd_that_the_network_reaches_names_its_web_servers(string options, string setting, bool isOpen)
    {
        _folder.Write("cgi.service", $"[Service]\nExecStart={Repository.FcgiRun} {options}{_folder.MakeFolder("cgi-bin")}/\nUser={Environment.UserName}\nStandardInput=socket\nStandardError=journal\n{setting}");
        await ExpectAsync(_folder.Write("cgi.socket", "[Socket]\nListenStream=9000\nAccept=no\nTriggerLimitBurst=0\n[Install]\nWantedBy=sockets.target\n"), isOpen);
    }

    [Fact]
    public async Task The_advice_has_the_option_that_mends_it()
    {
        string line = _folder.Write("inetd.conf", $"0.0.0.0:9000 stream tcp wait {Environment.UserName} {Repository.ScgiRun} scgi-run {_folder.MakeFolder("cgi-bin")}/\n");
        Assert.Contains("--allow-from ADDRESS", (await Diagnosis.AskAsync("--no-run", line)).The(Open).Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen 0.0.0.0:9000", "can be reached from other machines")]
    [InlineData("--listen localhost:9000", "takes a numeric address")]
    public async Task A_service_whose_program_listens_wrongly_is_an_error_in_the_programs_own_words(string options, string cause) =>
        Assert.Equal("error", (await Diagnosis.AskAsync("--no-run", Unit(options))).The(cause).Severity);

    [Theory]
    [InlineData("--listen 0.0.0.0:9000 --allow-from 10.0.0.0/8")]
    [InlineData("--listen unix:/run/shims/cgi.sock")]
    public async Task A_service_whose_program_listens_by_itself_needs_no_socket_unit(string options)
    {
        _folder.WriteScript("cgi-bin/hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n");
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", Unit(options));
        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Cause.Contains(".socket beside it", StringComparison.Ordinal));
        Assert.Empty(diagnosis.Errors);
    }

    private string Unit(string options) =>
        _folder.Write("cgi.service", $"[Service]\nType=notify\nExecStart={Repository.FcgiRun} {options} --allow-root {_folder.MakeFolder("cgi-bin")}/\nUser={Environment.UserName}\n");

    private static async Task ExpectAsync(string file, bool isOpen)
    {
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", file);
        Assert.True(isOpen == diagnosis.Findings.Any(finding => finding.Cause.Contains(Open, StringComparison.Ordinal)), diagnosis.ToString());
        Assert.DoesNotContain(diagnosis.Errors, finding => finding.Cause.Contains("allow-from", StringComparison.Ordinal));
    }
}
