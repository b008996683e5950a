using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary><c>shimctl request</c> over uwsgi and AJP13, with the real gateways.</summary>
public sealed class RequestProtocolTests : IDisposable
{
    private const string Show = "#!/bin/sh\necho 'Content-Type: text/plain'; echo 'X-A: b'; echo; env; head -c \"${CONTENT_LENGTH:-0}\"\n";
    private const string Echo = "#!/bin/sh\necho 'Content-Type: application/octet-stream'; echo; cat\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task Body_headers_and_user_arrive_in_the_script(string program)
    {
        _folder.WriteScript("cgi-bin/show.cgi", Show);
        LaunchResult result = await RunAsync(program, "-d", "a=1", "-d", "b=2", "-H", "Accept-Language: de", "-H", "X-Own: 1", "--param", "REMOTE_USER=ada", "http://example.org:8080/cgi-bin/show.cgi/more?q");
        Assert.True(result.ExitCode == 0, result.ErrorText);
        foreach (string expected in (string[])["REQUEST_METHOD=POST", "CONTENT_LENGTH=7", "CONTENT_TYPE=application/x-www-form-urlencoded", "HTTP_ACCEPT_LANGUAGE=de", "HTTP_X_OWN=1", "REMOTE_USER=ada",
            "HTTP_HOST=example.org:8080", "SERVER_NAME=example.org", "SERVER_PORT=8080", "QUERY_STRING=q", "SCRIPT_NAME=/cgi-bin/show.cgi", "PATH_INFO=/more", "a=1&b=2"])
            Assert.Contains(expected, result.OutputText.Split('\n'));
    }

    [Theory, InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task A_body_of_many_packets_comes_back_whole(string program)
    {
        _folder.WriteScript("cgi-bin/echo.cgi", Echo);
        string body = string.Concat(Enumerable.Range(0, 20_000).Select(line => $"line {line}\n"));
        LaunchResult result = await RunAsync(program, "-d", $"@{_folder.Write("body", body)}", "/cgi-bin/echo.cgi");
        Assert.Equal((0, body), (result.ExitCode, result.OutputText));
    }

    [Theory, InlineData("uwsgi-run", "--uwsgi"), InlineData("ajp-run", "--ajp")]
    public async Task A_dump_can_be_piped_into_the_gateway(string program, string protocol)
    {
        _folder.WriteScript("cgi-bin/show.cgi", Show);
        string answer = await Command.RunAsync("sh", ["-c", $"{Repository.Program("shimctl")} request --dump {protocol} -d a=b /cgi-bin/show.cgi | {Repository.Program(program)} {_folder.PathTo("cgi-bin")}/ | tr -d '\\000'"]);
        Assert.Contains("REQUEST_METHOD=POST\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=b", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_line_of_a_uwsgi_response_is_its_status()
    {
        _folder.WriteScript("cgi-bin/gone.cgi", "#!/bin/sh\necho 'Status: 410 Gone'; echo 'X-A: b'; echo; echo gone\n");
        LaunchResult result = await RunAsync("uwsgi-run", "-i", "--fail", "/cgi-bin/gone.cgi");
        Assert.Equal((1, ""), (result.ExitCode, result.ErrorText));
        Assert.StartsWith("HTTP/1.1 410 Gone\r\n", result.OutputText, StringComparison.Ordinal);
        JsonElement root = JsonDocument.Parse((await RunAsync("uwsgi-run", "--json", "/cgi-bin/gone.cgi")).OutputText).RootElement;
        Assert.Equal((410, "uwsgi", "clean"), (root.GetProperty("status").GetInt32(), root.GetProperty("protocol").GetString(), root.GetProperty("end").GetString()));
    }

    [Fact]
    public async Task Verbose_shows_the_packets_of_AJP13()
    {
        _folder.WriteScript("cgi-bin/show.cgi", Show);
        LaunchResult result = await RunAsync("ajp-run", "-v", "-d", "a=b", "/cgi-bin/show.cgi");
        string[] lines = result.ErrorText.Split('\n');
        Assert.Contains("> a part of the body, 3 bytes", lines);
        Assert.Contains(lines, line => line.StartsWith("> FORWARD_REQUEST, ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("< SEND_HEADERS, ", StringComparison.Ordinal));
        Assert.Contains("< END_RESPONSE: the connection is closed", lines);
    }

    [Fact]
    public async Task The_secret_of_a_file_opens_a_port_and_is_shown_nowhere()
    {
        Requires.Tools("inetd");
        const string secret = "xyzzy-plugh";
        _folder.WriteScript("cgi-bin/show.cgi", Show);
        string file = _folder.Write("secret", secret + "\n"), other = _folder.Write("other", "wrong\n");
        foreach (string path in new[] { file, other })
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        int port = FreePort.Next();
        string configuration = _folder.Write("inetd.conf", $"127.0.0.1:{port} stream tcp nowait {Environment.UserName} {Repository.Program("ajp-run")} ajp-run --secret-file {file} {_folder.PathTo("cgi-bin")}/\n");
        await using Inetd inetd = await Inetd.StartAsync(configuration);
        string to = $"ajp://127.0.0.1:{port}";
        LaunchResult right = await RequestAsync("--to", to, "--secret-file", file, "-v", "/cgi-bin/show.cgi");
        Assert.True(right.ExitCode == 0, right.ErrorText);
        Assert.DoesNotContain(secret, right.OutputText + right.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await RequestAsync("--to", to, "--secret-file", file, "--json", "/cgi-bin/show.cgi")).OutputText, StringComparison.Ordinal);
        Assert.Contains("Status: 403", (await RequestAsync("--to", to, "--secret-file", other, "-i", "/cgi-bin/show.cgi")).OutputText, StringComparison.Ordinal);
        Assert.Contains("Status: 403", (await RequestAsync("--to", to, "-i", "/cgi-bin/show.cgi")).OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--uwsgi", "the block of a uwsgi request has 65535 bytes at the most")]
    [InlineData("--ajp", "a packet of AJP13 has 65536 bytes, and this request is longer")]
    public async Task What_a_protocol_cannot_carry_starts_nothing(string protocol, string cause)
    {
        string mark = _folder.PathTo("started");
        LaunchResult result = await RequestAsync(protocol, "--to", $"exec:touch {mark}", "-H", $"X-Long: {new string('x', 66_000)}", "/x");
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cause, result.ErrorText, StringComparison.Ordinal);
        LaunchResult series = await RequestAsync(protocol, "--to", $"exec:touch {mark}", "-H", $"X-Long: {new string('x', 66_000)}", "--repeat", "2", "/x");
        Assert.Equal(64, series.ExitCode);
        Assert.False(File.Exists(mark));
    }

    [Theory]
    [InlineData("--ajp --script-filename /srv/a.cgi --to unix:/x /x", "AJP13 has no place for SCRIPT_FILENAME")]
    [InlineData("--ajp --param PATH_INFO=/x --to unix:/x /x", "leave --param PATH_INFO out")]
    [InlineData("--uwsgi --secret-file /x --to unix:/x /x", "--secret-file is for AJP13: use --ajp")]
    [InlineData("--scgi --to uwsgi://127.0.0.1:3031 /x", "--to uwsgi:// and --scgi cannot be combined")]
    [InlineData("--to uwsgi://127.0.0.1:3031 --role authorizer /x", "uwsgi has no authorizers")]
    [InlineData("--to ajp://127.0.0.1 /x", "write tcp:HOST:PORT")]
    [InlineData("--uwsgi --ajp --to unix:/x /x", "--uwsgi and --ajp cannot be combined")]
    public async Task Options_that_do_not_go_with_a_protocol_are_refused(string arguments, string cure)
    {
        LaunchResult result = await RequestAsync(arguments.Split(' '));
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cure, result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scgi-run", "--uwsgi")]
    [InlineData("scgi-run", "--ajp")]
    [InlineData("fcgi-run", "--uwsgi")]
    [InlineData("fcgi-run", "--ajp")]
    [InlineData("uwsgi-run", "--scgi")]
    [InlineData("uwsgi-run", "--fastcgi")]
    [InlineData("uwsgi-run", "--ajp")]
    [InlineData("ajp-run", "--scgi")]
    [InlineData("ajp-run", "--fastcgi")]
    [InlineData("ajp-run", "--uwsgi")]
    public async Task The_wrong_protocol_is_named_by_gateway_or_client(string program, string protocol)
    {
        _folder.WriteScript("cgi-bin/show.cgi", Show);
        LaunchResult result = await RunAsync(program, protocol, "/cgi-bin/show.cgi");
        Assert.DoesNotContain("X-A", result.OutputText, StringComparison.Ordinal);
        Assert.Matches("this is an? .+ request, but .+ speaks|the response is .+, but the request was", result.ErrorText);
    }

    private Task<LaunchResult> RunAsync(string program, params string[] arguments) =>
        RequestAsync(["--to", $"exec:{Repository.Program(program)} {_folder.PathTo("cgi-bin")}/", .. arguments]);

    private static Task<LaunchResult> RequestAsync(params string[] arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = ["request", .. arguments] });
}
