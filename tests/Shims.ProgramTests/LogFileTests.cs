using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>The log as a file: the time of each line, JSON, and rotation.</summary>
public sealed partial class LogFileTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    private string LogPath => Folder.PathTo("log");

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "G2")]
    public async Task Each_line_of_a_relayed_script_has_time_program_and_request_in_a_file(RunModeUnderTest mode)
    {
        // In pieces, as stdio writes them; the last line has no end.
        string script = Folder.Shell($"printf 'first ' >&2; printf 'line\\n\\tsecond' >&2; {Serve}; printf ' line\\nthird' >&2");
        Response answer = await new Invocation(mode, script) { Options = ["--stderr", LogPath] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served", Log: "" }, answer.ToString());
        Match[] lines = [.. File.ReadAllLines(LogPath).Select(line => Stamped().Match(line))];
        Assert.Equal(["first line", "    second line", "third"], lines.Select(line => line.Groups["text"].Value));
        Assert.Single(lines.Select(line => line.Groups["id"].Value).Distinct());
        Assert.All(lines, line => Assert.Equal(mode.ProgramName(), line.Groups["program"].Value));
    }

    [Fact]
    public async Task A_line_without_end_is_cut_and_not_kept_for_ever()
    {
        string script = Folder.Shell($"head -c 20000 /dev/zero | tr '\\000' w >&2; {Serve}");
        Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = ["--stderr", LogPath] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal("served", answer.Body);
        Assert.Equal([8192, 8192, 3616], File.ReadAllLines(LogPath).Select(line => Stamped().Match(line).Groups["text"].Length));
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "G5")]
    public async Task After_SIGHUP_a_process_writes_to_a_new_log_and_goes_on(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string slow = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}", "slow.cgi"), missing = Folder.PathTo("missing.cgi");
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Options = ["--stderr", LogPath] }.Listen();
        Task<Response> inFlight = program.AskAsync(RequestVariables.For("GET", slow));
        await witness.LineAsync();
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        File.Move(LogPath, LogPath + ".1");
        program.Program.Signal(1);
        await Patience.UntilAsync(() => File.Exists(LogPath), "the new log");
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        await gate.OpenAsync();
        Assert.Equal("served", (await inFlight).Body);
        Assert.True(program.Program.IsRunning);
        Assert.Single(File.ReadAllLines(LogPath + ".1"));
        Assert.Single(File.ReadAllLines(LogPath));
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_anew_is_kept_and_says_so()
    {
        string missing = Folder.PathTo("missing.cgi"), folder = Folder.MakeFolder("logs"), log = Path.Combine(folder, "log"), old = Folder.PathTo("old");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, missing) { Options = ["--stderr", log] }.Listen();
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        File.Move(log, old);
        Directory.Delete(folder);
        program.Program.Signal(1);
        await Patience.UntilAsync(() => File.ReadAllText(old).Contains($"cannot open the log {log} anew (SIGHUP), and the old one is kept: ", StringComparison.Ordinal), "the line");
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        Assert.Equal(3, File.ReadAllLines(old).Length);
    }

    [Theory, InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.FastCgi)]
    public async Task SIGHUP_does_not_end_a_process_that_serves_one_connection(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        // The script finds the signal as it was.
        string script = Folder.Shell($"grep SigIgn /proc/self/status >{Folder.PathTo("ignored")}; {witness.Appear}; {gate.Pass}; {Serve}");
        await using Conversation conversation = new Invocation(mode, script) { Options = ["--errors", "log"] }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.Program.Signal(1);
        await gate.OpenAsync();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Body: "served", ExitCode: 0 }, answer.ToString());
        Assert.EndsWith("0", File.ReadAllText(Folder.PathTo("ignored")).Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_ends_with_the_terminal_in_which_it_was_started()
    {
        Requires.Tools("python3");
        string socket = Folder.PathTo("socket"), script = Folder.Shell(Serve);
        string starter = Folder.Write("starter.py", """
            import os, pty, socket, sys
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(sys.argv[1])
            listener.listen()
            child, terminal = pty.fork()
            if child == 0:
                os.dup2(listener.fileno(), 0)
                os.execv(sys.argv[2], sys.argv[2:])
            print("started", flush=True)
            sys.stdin.readline()
            os.close(terminal)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """);
        using Pipe order = Pipe.Create();
        await using LaunchedProgram python = Invocation.Start(new Launch
        {
            Program = Tool.PathOf("python3"),
            Arguments = [starter, socket, Repository.Program("scgi-run"), "--mode", "relay", script],
            Input = order.Reader,
        });
        await Patience.UntilAsync(() => python.OutputSoFar.Contains("started", StringComparison.Ordinal), "the program");
        await using (var conversation = new Conversation(RunModeUnderTest.Relay, await Connection.OpenAsync(socket), null))
            Assert.Equal("served", (await conversation.ExchangeAsync(RequestVariables.For("GET", script))).Body);
        await using (var writer = new FileStream(order.Writer, FileAccess.Write, bufferSize: 0))
            await writer.WriteAsync("go\n"u8.ToArray());
        Assert.EndsWith("\n0\n", (await python.WaitAsync(Patience.Limit)).OutputText, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "G5")]
    public async Task The_example_for_logrotate_renames_the_log_of_a_process_that_goes_on_in_a_new_one()
    {
        Requires.Tools("logrotate", "pkill");
        Assert.SkipUnless(CurrentUser.Id == 0, "only root may rotate the logs of another user");
        string missing = Folder.PathTo("missing.cgi"), logs = Folder.MakeFolder("logs"), log = Path.Combine(logs, "error.log");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, missing) { Options = ["--stderr", log] }.Listen();
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        // Other tests have processes of that name, too.
        string example = File.ReadAllText(Repository.PathTo("inetd-examples/logrotate.conf"))
            .Replace("/var/log/shims", logs, StringComparison.Ordinal)
            .Replace("su www-data adm", "su root root", StringComparison.Ordinal)
            .Replace("pkill -HUP", $"pkill -HUP -s {program.Program.ProcessId}", StringComparison.Ordinal);
        string configuration = Folder.Write("logrotate.conf", example);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Command.RunAsync(Tool.PathOf("logrotate"), ["--force", "--state", Folder.PathTo("state"), configuration]);
        // The signal is taken by another thread of the process.
        await Patience.UntilAsync(() => program.OpenFiles().Any(file => file is { Descriptor: 2, Name: "error.log" }), "the new log");
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        Assert.Single(File.ReadAllLines(log));
        Assert.Single(File.ReadAllLines(log + ".1"));
        Assert.Contains("create 0640 www-data adm", example, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(log));
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.FastCgi)]
    public async Task Each_line_of_a_JSON_log_is_an_object(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'it says \"no\"\\twith a \\\\ and \\033[31m\\n' >&2; exit 3");
        Response answer = await new Invocation(mode, script) { Options = ["--stderr", LogPath, "--log-format", "json", "--drop-env", "X"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(502, answer.Status);
        JsonElement[] lines = [.. File.ReadAllLines(LogPath).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line =>
        {
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", line.GetProperty("time").GetString());
            Assert.Equal(mode.ProgramName(), line.GetProperty("program").GetString());
            Assert.True(line.GetProperty("pid").GetInt32() > 1);
            Assert.Matches("^[0-9a-f]{8}$", line.GetProperty("request").GetString());
        });
        JsonElement said = lines[0], failure = lines[1];
        Assert.Equal(("script", "it says \"no\"\twith a \\ and \u001b[31m"), (said.GetProperty("type").GetString(), said.GetProperty("message").GetString()));
        Assert.Equal(("failure", 502), (failure.GetProperty("type").GetString(), failure.GetProperty("status").GetInt32()));
        Assert.Contains("failed (exit status 3)", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal($"shimctl doctor {script}", failure.GetProperty("fix").GetString());
        Assert.DoesNotContain('\u001b', File.ReadAllText(LogPath));
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "G2")]
    public async Task Each_line_that_a_script_writes_to_syslog_has_priority_and_program(RunModeUnderTest mode)
    {
        string devices = Folder.MakeFolder("dev"), received = Folder.PathTo("received"), socket = Folder.PathTo("syslog");
        string mount = $"mount -t tmpfs none {devices} && cd {devices} && for d in null zero urandom; do touch $d && mount --bind /dev/$d $d; done && touch log && mount --bind {socket} log && mount --rbind {devices} /dev && cd /";
        using var syslog = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
        syslog.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(socket));
        Requires.Tools("unshare", "mount");
        await using (LaunchedProgram trial = Invocation.Start(new Launch { Program = Tool.PathOf("unshare"), Arguments = ["-m", "/bin/sh", "-c", mount] }))
            Assert.SkipUnless(CurrentUser.Id == 0 && (await trial.WaitAsync(Patience.Limit)).ExitCode == 0, "only root may have a /dev of its own");
        string script = Folder.Shell($"echo 'Traceback (most recent call last):' >&2; echo '  its end' >&2; {Serve}");
        var invocation = new Invocation(mode, script)
        {
            ErrorIsConnection = true,
            Options = mode == RunModeUnderTest.FastCgi ? ["--stderr", "syslog"] : [],
            Adjust = launch => launch with { Program = Tool.PathOf("unshare"), Arguments = ["-m", "/bin/sh", "-c", $"{{ {mount}; }} >{received} 2>&1; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "served", answer + File.ReadAllText(received));
        string[] messages = [.. Enumerable.Range(0, 2).Select(_ => Receive(syslog))];
        Assert.All(messages, message => Assert.Matches($@"^<27>{mode.ProgramName()}\[\d+\]: [0-9a-f]{{8}}: ", message));
        Assert.EndsWith(": Traceback (most recent call last):", messages[0], StringComparison.Ordinal);
        Assert.EndsWith(":   its end", messages[1], StringComparison.Ordinal);
    }

    private static string Receive(System.Net.Sockets.Socket syslog)
    {
        byte[] message = new byte[4096];
        syslog.ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds;
        return System.Text.Encoding.UTF8.GetString(message, 0, syslog.Receive(message));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?<program>[a-z-]+)\[\d+\]: (?<id>[0-9a-f]{8}): (?<text>.*)$")]
    private static partial Regex Stamped();
}
