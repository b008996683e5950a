using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary><c>shimctl request</c> with the real gateways.</summary>
public sealed class RequestCommandTests : IDisposable
{
    private const string Hello = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo hello\n";
    private const string Show = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; env; head -c \"${CONTENT_LENGTH:-0}\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Request_sends_body_and_headers_to_the_script(string program)
    {
        LaunchResult result = await RunAsync(program, Show, "-d", "a=1", "-d", "b=2", "-H", "Accept-Language: de", "--param", "REMOTE_USER=ada", "http://example.org:8080/script.cgi?q");
        Assert.Equal(0, result.ExitCode);
        foreach (string expected in (string[])["REQUEST_METHOD=POST", "CONTENT_LENGTH=7", "CONTENT_TYPE=application/x-www-form-urlencoded", "HTTP_ACCEPT_LANGUAGE=de", "REMOTE_USER=ada", "HTTP_HOST=example.org:8080", "QUERY_STRING=q", "a=1&b=2"])
            Assert.Contains(expected, result.OutputText.Split('\n'));
    }

    [Fact]
    public async Task Request_with_closed_standard_input_sends_an_empty_body()
    {
        string script = _folder.WriteScript("script.cgi", Show);
        string output = await Command.RunAsync("sh", ["-c", "exec timeout 30 \"$0\" \"$@\" <&-", Repository.Program("shimctl"), "request", "--to", $"exec:{Repository.Program("scgi-run")} {script}", "-d", "-", "/script.cgi"]);
        Assert.Contains("CONTENT_LENGTH=0", output.Split('\n'));
    }

    [Theory, InlineData("scgi"), InlineData("fcgi")]
    public async Task Request_connects_to_unix_and_TCP_sockets(string kind)
    {
        Requires.Tools("socat");
        string script = _folder.WriteScript("hello.cgi", Hello), socket = _folder.PathTo($"{kind}.sock");
        int port = FreePort.Next();
        string execute = $"EXEC:{Repository.Program(kind + "-run")} {script}";
        await using LaunchedProgram unix = Launcher.Start(new Launch { Program = Tool.PathOf("socat"), Arguments = [$"UNIX-LISTEN:{socket},fork", execute] });
        await using LaunchedProgram tcp = Launcher.Start(new Launch { Program = Tool.PathOf("socat"), Arguments = [$"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", execute] });
        foreach (string address in (string[])[$"unix:{socket}", $"tcp:127.0.0.1:{port}"])
        {
            await Patience.UntilAsync(() => Listens(address, socket, port), $"{address} is listened on");
            LaunchResult result = await RequestAsync("--to", address, kind == "scgi" ? "--scgi" : "--fastcgi", "/hello.cgi");
            Assert.Equal((0, "hello\n"), (result.ExitCode, result.OutputText));
        }
    }

    [Theory, InlineData("fcgiwrap"), InlineData("php-cgi")]
    public async Task Request_works_with_other_FastCGI_applications(string application)
    {
        Requires.Tools(application, "spawn-fcgi");
        bool isPhp = application == "php-cgi";
        string script = isPhp ? _folder.Write("hello.php", "<?php echo \"hello\\n\";") : _folder.WriteScript("hello.cgi", Hello);
        string socket = _folder.PathTo("fcgi.sock");
        await using LaunchedProgram server = Launcher.Start(new Launch { Program = Tool.PathOf("spawn-fcgi"), Arguments = ["-n", "-s", socket, "--", Tool.PathOf(application)] });
        await Patience.UntilAsync(() => File.Exists(socket), "the socket is there");
        LaunchResult result = await RequestAsync("--to", $"unix:{socket}", "--script-filename", script, "-i", "/" + Path.GetFileName(script));
        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("hello\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("Content-type: text/", result.OutputText, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, InlineData("scgi-run", "--scgi"), InlineData("fcgi-run", "--fastcgi")]
    public async Task Request_dump_can_be_piped_into_a_gateway(string program, string protocol)
    {
        string script = _folder.WriteScript("cgi/hello.cgi", Show);
        string answer = await Command.RunAsync("sh", ["-c", $"{Repository.Program("shimctl")} request --dump {protocol} --script-filename {script} -d a=b /hello.cgi | {Repository.Program(program)} {_folder.PathTo("cgi")}/"]);
        Assert.Contains($"SCRIPT_FILENAME={script}\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=b", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_verbose_shows_variables_records_and_exit_status()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho warning >&2; echo 'Content-Type: text/plain'; echo; echo hello; exit 3\n", "-v", "/script.cgi");
        Assert.Equal("hello\n", result.OutputText);
        string[] lines = result.ErrorText.Split('\n');
        foreach (string expected in (string[])["> REQUEST_METHOD=GET", "> BEGIN_REQUEST, request 1, 8 bytes, 0 of padding: Responder", "! warning", "< Content-Type: text/plain", "* the exit status of the script is 3"])
            Assert.Contains(expected, lines);
        Assert.Contains(lines, line => line.StartsWith("< END_REQUEST, request 1, 8 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_json_contains_the_whole_response()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho oops >&2; echo 'Status: 404 Not Found'; echo 'X-A: b'; echo; printf '\\377'; exit 3\n", "--json", "/script.cgi");
        JsonElement root = JsonDocument.Parse(result.OutputText).RootElement;
        Assert.Equal(404, root.GetProperty("status").GetInt32());
        Assert.Equal("/w==", root.GetProperty("bodyBase64").GetString());
        Assert.Contains("oops\n", root.GetProperty("standardError").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, root.GetProperty("applicationStatus").GetInt32());
        Assert.Equal("clean", root.GetProperty("end").GetString());
        Assert.Contains(root.GetProperty("headers").EnumerateArray(), header => header.GetProperty("name").GetString() == "X-A");
        Assert.Contains(root.GetProperty("variables").EnumerateArray(), variable => variable.GetProperty("name").GetString() == "REQUEST_URI");
    }

    [Fact]
    public async Task Request_repeat_counts_responses_and_reports_percentiles()
    {
        LaunchResult text = await RunAsync("scgi-run", Hello, "--repeat", "20", "--concurrency", "3", "/x");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("20 requests, 3 at a time", text.OutputText, StringComparison.Ordinal);
        Assert.Contains("status 200: 20", text.OutputText, StringComparison.Ordinal);
        Assert.Matches(@"p50 [\d.]+  p90 [\d.]+  p99 [\d.]+  max [\d.]+", text.OutputText);
        LaunchResult json = await RunAsync("scgi-run", Hello, "--repeat", "20", "--json", "/x");
        JsonElement latency = JsonDocument.Parse(json.OutputText).RootElement.GetProperty("latency");
        Assert.Equal(20, latency.GetProperty("histogram").EnumerateArray().Sum(range => range.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Request_repeat_counts_failures_by_cause()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo half; kill -9 $$\n", "--repeat", "3", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("failed: ", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_shows_the_response_of_an_authorizer()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho 'Status: 200 OK'; echo \"Variable-ROLE: $FCGI_ROLE\"; echo\n", "--role", "authorizer", "-i", "/x");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Variable-ROLE: AUTHORIZER", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "--fail")]
    public async Task Request_exits_with_1_for_an_error_status_only_with_fail(int exitCode, string option)
    {
        LaunchResult result = await RunAsync("scgi-run", "#!/bin/sh\necho 'Status: 500 Oops'; echo\n", [.. option.Split(' ', StringSplitOptions.RemoveEmptyEntries), "/x"]);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Fact]
    public async Task Request_exits_with_76_for_a_truncated_response()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo half; kill -9 $$\n", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("shimctl: ", result.ErrorText, StringComparison.Ordinal);
        Assert.StartsWith("half\n", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\n\r\nx", "--fastcgi", "use --scgi")]
    [InlineData("\u0001\u0006\u0000\u0001\u0000\u0000\u0000\u0000", "--scgi", "use --fastcgi")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "--fastcgi", "use curl")]
    [InlineData("", "--scgi", "--fastcgi")]
    [InlineData("Content-Type: text/plain\r\n", "--scgi", "write an empty line")]
    [InlineData("Content-Length: 9\r\nContent-Type: text/plain\r\n\r\nx", "--scgi", "Content-Length announces 9")]
    public async Task Request_names_faults_of_the_gateway_and_their_fixes(string answer, string protocol, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task peer = RespondAsync(listener, Encoding.Latin1.GetBytes(answer));
        LaunchResult result = await RequestAsync("--to", $"tcp:{listener.LocalEndpoint}", protocol, "/x");
        await peer;
        Assert.Equal(76, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/x", "--to is missing")]
    [InlineData("--to nonsense /x", "write unix:PATH")]
    [InlineData("--to unix:/x --scgi --fastcgi /x", "--scgi and --fastcgi cannot be combined")]
    [InlineData("--to unix:/x -H nonsense /x", "NAME: VALUE")]
    [InlineData("--to unix:/x -H X_A:1 /x", "--param HTTP_X_A=VALUE")]
    [InlineData("--to unix:/x --repeat 0 /x", "--repeat 10")]
    [InlineData("--to unix:/x nonsense", "is not a URL")]
    [InlineData("--to unix:/x -d @/nowhere/file /x", "cannot read the body")]
    [InlineData("--to unix:/x -d - -d - /x", "given more than once")]
    [InlineData("--to unix:/x --bogus /x", "unknown option --bogus")]
    [InlineData("--to", "--to needs a value")]
    [InlineData("--to unix:/x --to unix:/y /x", "--to is given 2 times")]
    [InlineData("--to unix:/x --role filter /x", "--role takes responder or authorizer, not")]
    [InlineData("--to unix:/x -X G/ET /x", "-X PUT")]
    [InlineData("--to unix:/x -H X-A:1\n2 /x", "--param HTTP_X_A=VALUE")]
    [InlineData("--to unix:/x -H Content-Length:1 /x", "--param CONTENT_LENGTH=N")]
    [InlineData("--to unix:/x --role authorizer -d a /x", "an authorizer gets no body")]
    [InlineData("--dump --json /x", "leave -v, -i, --json and --fail out")]
    [InlineData("--to unix:/x --script-filename  /x", "--script-filename takes a path")]
    public async Task Request_exits_with_64_for_a_wrong_command_line_and_names_the_fix(string arguments, string expected)
    {
        LaunchResult result = await RequestAsync(arguments.Split(' '));
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
        Assert.StartsWith("shimctl: ", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Request_sends_any_bytes_from_standard_input(string program)
    {
        byte[] body = new byte[300_000];
        new Random(1).NextBytes(body);
        using SafeFileHandle input = File.OpenHandle(_folder.Write("body", body));
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["request", "--to", $"exec:{Repository.Program(program)} {_folder.WriteScript("script.cgi", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; head -c $CONTENT_LENGTH\n")}", "-d", "-", "/x"],
            Input = input,
        });
        Assert.Equal(body, result.Output);
    }

    [Fact]
    public async Task Request_header_without_a_value_is_removed()
    {
        LaunchResult result = await RunAsync("scgi-run", Show, "-d", "a", "-H", "User-Agent:", "-H", "Content-Type:", "/x");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("HTTP_ACCEPT=*/*\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP_USER_AGENT", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("x-www-form-urlencoded", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_repeat_exits_with_1_for_an_error_status_only_with_fail()
    {
        Assert.Equal(1, (await RunAsync("scgi-run", "#!/bin/sh\necho 'Status: 404 Not Found'; echo\n", "--repeat", "2", "--fail", "/x")).ExitCode);
        LaunchResult good = await RunAsync("scgi-run", Hello, "--repeat", "2", "--concurrency", "9", "--fail", "--max-time", "99999999", "/x");
        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("2 requests, 2 at a time", good.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "the command ended with exit status 3 before it sent a response")]
    [InlineData("kill -9 $$", "the command was killed by signal 9 before it sent a response")]
    public async Task Request_reports_the_exit_status_of_a_command_without_a_response(string end, string expected)
    {
        LaunchResult result = await RequestAsync("--to", $"exec:sh -c '{end}'", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.StartsWith($"shimctl: {expected}: see what it wrote to standard error", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ends_when_the_reader_of_its_output_has_gone()
    {
        string script = _folder.WriteScript("endless.cgi", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; exec yes\n");
        string output = await Command.RunAsync("bash", ["-c", $"{Repository.Program("shimctl")} request --to exec:'{Repository.ScgiRun} {script}' /x 2>{_folder.PathTo("error")} | head -n 1; echo ${{PIPESTATUS[0]}}"]);
        Assert.Equal("y\n141\n", output);
        // Only yes reports that its reader has gone.
        Assert.DoesNotContain("shimctl", await File.ReadAllTextAsync(_folder.PathTo("error"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory, InlineData("request --dump /x"), InlineData("config --web nginx --super inetd --protocol scgi --url /c --dir /srv")]
    public async Task Shimctl_exits_with_71_if_its_output_cannot_be_written(string arguments)
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments.Split(' '), Output = full });
        Assert.Equal(71, result.ExitCode);
        Assert.Contains("No space left on device", result.ErrorText, StringComparison.Ordinal);
        Assert.Single(result.ErrorText.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Request_that_is_interrupted_terminates_its_command_silently()
    {
        string script = _folder.WriteScript("slow.cgi", $"#!/bin/sh\necho $$ > {_folder.PathTo("pid")}\nexec sleep 600\n");
        await using LaunchedProgram request = Launcher.Start(new Launch { Program = Repository.Program("shimctl"), Arguments = ["request", "--to", $"exec:{Repository.ScgiRun} {script}", "/x"] });
        await Patience.UntilAsync(() => File.Exists(_folder.PathTo("pid")) && File.ReadAllText(_folder.PathTo("pid")).EndsWith('\n'), "the script runs");
        string process = File.ReadAllText(_folder.PathTo("pid")).Trim();
        request.Signal(2);
        LaunchResult result = await request.WaitAsync();
        Assert.Equal((130, ""), (result.ExitCode, result.ErrorText));
        await Patience.UntilAsync(() => !Directory.Exists($"/proc/{process}"), "the script has ended");
    }

    [Fact]
    public async Task Request_that_is_interrupted_while_it_reads_its_body_from_standard_input_ends()
    {
        using Pipe body = Pipe.Create();
        await using LaunchedProgram request = Launcher.Start(new Launch
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["request", "--to", "unix:/nowhere", "-d", "-", "/x"],
            Input = body.Reader,
        });
        using var writer = new FileStream(body.Writer, FileAccess.Write, bufferSize: 0);
        // More than a pipe holds: when it has been written, the body is being read.
        await Task.Run(() => writer.Write(new byte[100_000])).Patiently();
        request.Signal(2);
        LaunchResult result = await request.WaitAsync();
        Assert.Equal((130, ""), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Request_exits_with_71_if_the_gateway_does_not_exist()
    {
        LaunchResult result = await RequestAsync("--to", "unix:/nowhere/x.sock", "/x");
        Assert.Equal(71, result.ExitCode);
        Assert.Contains("no such file or directory (ENOENT)", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_reports_a_timeout_after_max_time()
    {
        LaunchResult result = await RunAsync("scgi-run", "#!/bin/sh\nexec sleep 600\n", "--max-time", "1", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("timeout: no complete response within 1 s", result.ErrorText, StringComparison.Ordinal);
        result = await RunAsync("scgi-run", "#!/bin/sh\nexec sleep 600\n", "--max-time", "1", "--repeat", "2", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("timeout: some requests had no response within 1 s: send fewer", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_starts_commands_during_garbage_collection()
    {
        // A collection for every 64 KiB (the number is hexadecimal). A collection during the start of a command used to abort the process.
        Launch launch = new Launch
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["request", "--to", $"exec:{Repository.Program("scgi-run")} {_folder.WriteScript("script.cgi", Hello)}", "--repeat", "1000", "--concurrency", "4", "/x"],
        }.WithEnvironment("DOTNET_GCgen0size=10000");
        LaunchResult result = await Launcher.RunAsync(launch);
        Assert.True(result.ExitCode == 0, $"{result}\n{result.ErrorText}");
        Assert.Contains("status 200: 1000\n", result.OutputText + result.ErrorText, StringComparison.Ordinal);
    }

    private Task<LaunchResult> RunAsync(string program, string script, params string[] arguments) =>
        RequestAsync(["--to", $"exec:{Repository.Program(program)} {_folder.WriteScript("script.cgi", script)}", .. arguments]);

    private static Task<LaunchResult> RequestAsync(params string[] arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = ["request", .. arguments] });

    /// <summary>Sends a response to any request, and reads to the end, so that closing the connection does not reset it.</summary>
    private static async Task RespondAsync(TcpListener listener, byte[] answer)
    {
        using Socket connection = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[65536];
        _ = await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        await connection.SendAsync(answer, TestContext.Current.CancellationToken);
        connection.Shutdown(SocketShutdown.Send);
        while (await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
        {
        }
    }

    private static bool Listens(string address, string socket, int port) => address.StartsWith("unix:", StringComparison.Ordinal)
        ? File.Exists(socket)
        : File.ReadAllLines("/proc/net/tcp").Any(line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"0100007F:{port:X4} 00000000:0000 0A"), StringComparison.Ordinal));
}
