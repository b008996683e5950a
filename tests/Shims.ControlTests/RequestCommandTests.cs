using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary><c>shimctl request</c> as it is typed, against the real programs.</summary>
public sealed class RequestCommandTests : IDisposable
{
    private const string Hello = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo hello\n";
    private const string Show = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; env; head -c \"${CONTENT_LENGTH:-0}\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_body_and_headers_reach_the_script(string program)
    {
        LaunchResult result = await RunAsync(program, Show, "-d", "a=1", "-d", "b=2", "-H", "Accept-Language: de", "--param", "REMOTE_USER=ada", "http://example.org:8080/script.cgi?q");
        Assert.Equal(0, result.ExitCode);
        foreach (string expected in (string[])["REQUEST_METHOD=POST", "CONTENT_LENGTH=7", "CONTENT_TYPE=application/x-www-form-urlencoded", "HTTP_ACCEPT_LANGUAGE=de", "REMOTE_USER=ada", "HTTP_HOST=example.org:8080", "QUERY_STRING=q", "a=1&b=2"])
            Assert.Contains(expected, result.OutputText.Split('\n'));
    }

    [Fact]
    public async Task A_standard_input_that_is_closed_is_an_empty_body()
    {
        string script = _folder.WriteScript("script.cgi", Show);
        string output = await Command.RunAsync("sh", ["-c", "exec timeout 30 \"$0\" \"$@\" <&-", Repository.Program("shimctl"), "request", "--to", $"exec:{Repository.Program("scgi-run")} {script}", "-d", "-", "/script.cgi"]);
        Assert.Contains("CONTENT_LENGTH=0", output.Split('\n'));
    }

    [Theory, InlineData("scgi"), InlineData("fcgi")]
    public async Task Sockets_are_reached_on_both_kinds_of_address(string kind)
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
    public async Task Other_FastCGI_applications_answer(string application)
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
    public async Task A_dumped_request_can_be_piped_into_the_program(string program, string protocol)
    {
        string script = _folder.WriteScript("cgi/hello.cgi", Show);
        string answer = await Command.RunAsync("sh", ["-c", $"{Repository.Program("shimctl")} request --dump {protocol} --script-filename {script} -d a=b /hello.cgi | {Repository.Program(program)} {_folder.PathTo("cgi")}/"]);
        Assert.Contains($"SCRIPT_FILENAME={script}\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=b", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbose_tells_variables_records_and_how_it_ended()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho warning >&2; echo 'Content-Type: text/plain'; echo; echo hello; exit 3\n", "-v", "/script.cgi");
        Assert.Equal("hello\n", result.OutputText);
        string[] lines = result.ErrorText.Split('\n');
        foreach (string expected in (string[])["> REQUEST_METHOD=GET", "> BEGIN_REQUEST, request 1, 8 bytes, 0 of padding: Responder", "! warning", "< Content-Type: text/plain", "* the script's exit code is 3"])
            Assert.Contains(expected, lines);
        Assert.Contains(lines, line => line.StartsWith("< END_REQUEST, request 1, 8 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_all_of_it()
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
    public async Task Repeating_counts_replies_and_tells_percentiles()
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
    public async Task Failures_of_a_series_are_counted_by_kind()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo half; kill -9 $$\n", "--repeat", "3", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("failed: ", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authorizers_answer_is_shown()
    {
        LaunchResult result = await RunAsync("fcgi-run", "#!/bin/sh\necho 'Status: 200 OK'; echo \"Variable-ROLE: $FCGI_ROLE\"; echo\n", "--role", "authorizer", "-i", "/x");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Variable-ROLE: AUTHORIZER", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "--fail")]
    public async Task An_error_status_is_a_reply_unless_asked_to_fail(int exitCode, string option)
    {
        LaunchResult result = await RunAsync("scgi-run", "#!/bin/sh\necho 'Status: 500 Oops'; echo\n", [.. option.Split(' ', StringSplitOptions.RemoveEmptyEntries), "/x"]);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Fact]
    public async Task A_reply_that_broke_off_is_the_peers_fault()
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
    public async Task What_the_peer_does_wrong_is_named_with_its_cure(string answer, string protocol, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task peer = AnswerAsync(listener, Encoding.Latin1.GetBytes(answer));
        LaunchResult result = await RequestAsync("--to", $"tcp:{listener.LocalEndpoint}", protocol, "/x");
        await peer;
        Assert.Equal(76, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/x", "--to is missing")]
    [InlineData("--to nonsense /x", "write unix:PATH")]
    [InlineData("--to unix:/x --scgi --fastcgi /x", "exclude each other")]
    [InlineData("--to unix:/x -H nonsense /x", "NAME: VALUE")]
    [InlineData("--to unix:/x -H X_A:1 /x", "--param HTTP_X_A=VALUE")]
    [InlineData("--to unix:/x --repeat 0 /x", "--repeat 10")]
    [InlineData("--to unix:/x nonsense", "is no URL")]
    [InlineData("--to unix:/x -d @/nowhere/file /x", "cannot read the body")]
    [InlineData("--to unix:/x -d - -d - /x", "given more than once")]
    [InlineData("--to unix:/x --bogus /x", "unknown option --bogus")]
    [InlineData("--to", "argument missing for option: '--to'")]
    [InlineData("--to unix:/x --to unix:/y /x", "'--to' expects a single argument")]
    [InlineData("--to unix:/x --role filter /x", "Must be one of: 'responder' 'authorizer'")]
    [InlineData("--to unix:/x -X G/ET /x", "-X PUT")]
    [InlineData("--to unix:/x -H X-A:1\n2 /x", "--param HTTP_X_A=VALUE")]
    [InlineData("--to unix:/x -H Content-Length:1 /x", "--param CONTENT_LENGTH=N")]
    [InlineData("--to unix:/x --role authorizer -d a /x", "an authorizer gets no body")]
    [InlineData("--dump --json /x", "leave -v, -i, --json and --fail out")]
    [InlineData("--to unix:/x --script-filename  /x", "--script-filename takes a path")]
    public async Task A_wrong_command_line_is_told_with_its_cure(string arguments, string expected)
    {
        LaunchResult result = await RequestAsync(arguments.Split(' '));
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
        Assert.StartsWith("shimctl: ", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_body_of_any_bytes_is_taken_from_standard_input(string program)
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
    public async Task A_header_without_a_value_is_left_out()
    {
        LaunchResult result = await RunAsync("scgi-run", Show, "-d", "a", "-H", "User-Agent:", "-H", "Content-Type:", "/x");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("HTTP_ACCEPT=*/*\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP_USER_AGENT", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("x-www-form-urlencoded", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_with_an_error_status_fails_if_asked_to()
    {
        Assert.Equal(1, (await RunAsync("scgi-run", "#!/bin/sh\necho 'Status: 404 Not Found'; echo\n", "--repeat", "2", "--fail", "/x")).ExitCode);
        LaunchResult good = await RunAsync("scgi-run", Hello, "--repeat", "2", "--concurrency", "9", "--fail", "--max-time", "99999999", "/x");
        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("2 requests, 2 at a time", good.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "the command ended with exit status 3 before it answered")]
    [InlineData("kill -9 $$", "the command was ended by signal 9 before it answered")]
    public async Task A_command_that_ends_without_a_word_is_told_by_how_it_ended(string end, string expected)
    {
        LaunchResult result = await RequestAsync("--to", $"exec:sh -c '{end}'", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.StartsWith($"shimctl: {expected}: see what it wrote to standard error", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_reply_ends_when_nobody_reads_it_any_more()
    {
        string script = _folder.WriteScript("endless.cgi", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; exec yes\n");
        string output = await Command.RunAsync("bash", ["-c", $"{Repository.Program("shimctl")} request --to exec:'{Repository.ScgiRun} {script}' /x 2>{_folder.PathTo("error")} | head -n 1; echo ${{PIPESTATUS[0]}}"]);
        Assert.Equal("y\n141\n", output);
        // yes says that its reader has gone; shimctl itself has nothing to complain of.
        Assert.DoesNotContain("shimctl", await File.ReadAllTextAsync(_folder.PathTo("error"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory, InlineData("request --dump /x"), InlineData("config --web nginx --super inetd --protocol scgi --url /c --dir /srv")]
    public async Task Output_that_cannot_be_written_is_the_systems_refusal(string arguments)
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments.Split(' '), Output = full });
        Assert.Equal(71, result.ExitCode);
        Assert.Contains("No space left on device", result.ErrorText, StringComparison.Ordinal);
        Assert.Single(result.ErrorText.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task An_interrupt_ends_the_request_and_its_command_without_a_word()
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
    public async Task A_gateway_that_is_not_there_is_the_systems_refusal()
    {
        LaunchResult result = await RequestAsync("--to", "unix:/nowhere/x.sock", "/x");
        Assert.Equal(71, result.ExitCode);
        Assert.Contains("there is no such file (ENOENT)", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_after_a_time_says_so()
    {
        LaunchResult result = await RunAsync("scgi-run", "#!/bin/sh\nexec sleep 600\n", "--max-time", "1", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("no complete reply within 1 s", result.ErrorText, StringComparison.Ordinal);
        result = await RunAsync("scgi-run", "#!/bin/sh\nexec sleep 600\n", "--max-time", "1", "--repeat", "2", "/x");
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("not all requests were answered within 1 s: send fewer", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_are_started_while_other_threads_collect_garbage()
    {
        // A collection for every 64 KiB (the number is hexadecimal). One that fell into the start of a command used to abort the process.
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

    /// <summary>Responds to whatever it is asked, and reads to the end, so that closing is no reset.</summary>
    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
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
