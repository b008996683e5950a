namespace Shims.ProgramTests;

/// <summary>What a request costs a program in wait mode: its own system calls, as strace writes them down.</summary>
public sealed class SystemCallTests : ProgramTest
{
    private const int Continue = 18, Stop = 19;
    private const int MostRequests = 10;

    private static readonly string[] s_collector = ["membarrier(", "mprotect(", "madvise(", "mmap(", "munmap(", "prlimit64(0, RLIMIT_AS,"];

    /// <summary>The most that a request may cost.</summary>
    public static TheoryData<RunModeUnderTest, int> MostCalls => new() { { RunModeUnderTest.Plain, 15 }, { RunModeUnderTest.Relay, 30 }, { RunModeUnderTest.FastCgi, 30 } };

    private string LogPath => Folder.PathTo("calls");

    [Theory, MemberData(nameof(MostCalls))]
    public async Task A_small_response_costs_few_system_calls(RunModeUnderTest mode, int most)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{gate.Pass}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = Trace(mode, script);
        Task<Response> first = program.AskAsync(RequestVariables.For("GET", script));
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        await WaitForRestAsync(program);
        await StopAsync(program, 0);
        string[] cheapest = [];
        // On a busy machine a clock may strike in between: one request without is enough.
        for (int i = 1; i <= MostRequests && (i == 1 || cheapest.Length > most); i++)
        {
            // The whole request is there when the program sees the connection, as it is from web servers.
            await using Conversation conversation = await program.ConnectAsync();
            await conversation.SendAsync(RequestVariables.For("GET", script));
            program.Program.Signal(Continue);
            // The script's output and its end are there at once, when the program looks again.
            string process = await WaitForScriptAsync(program);
            await StopAsync(program, 2 * i - 1);
            await gate.OpenAsync();
            await Patience.UntilAsync(() => File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal), "the script to end");
            program.Program.Signal(Continue);
            Assert.Equal("served", (await conversation.FinishAsync()).Body);
            await WaitForRestAsync(program);
            await StopAsync(program, 2 * i);
            string[] pieces = File.ReadAllText(LogPath).Split("stopped by SIGSTOP");
            string[] calls = WithoutWhatTimeDecides(CallsIn(pieces[^3] + pieces[^2]), program.Program.ProcessId);
            if (i == 1 || calls.Length < cheapest.Length)
                cheapest = calls;
        }
        Assert.True(cheapest.Length >= 1 && cheapest.Length <= most, $"{cheapest.Length} calls:\n{string.Join('\n', cheapest)}");
        program.Program.Signal(Continue);
    }

    [Fact]
    public async Task A_response_that_is_ready_goes_out_in_one_piece_with_the_end_of_its_stream_and_request()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = Trace(RunModeUnderTest.FastCgi, script);
        Task<Response> answer = program.AskAsync(RequestVariables.For("GET", script));
        string process = await witness.LineAsync();
        // What the script writes and its end are there at once, when the program looks again.
        await StopAsync(program, 0);
        await gate.OpenAsync();
        await Patience.UntilAsync(() => File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal), "the script to end");
        program.Program.Signal(Continue);
        Assert.Equal("served", (await answer).Body);
        await EndAsync(program);
        Assert.Single(CallsIn(File.ReadAllText(LogPath)), call => call.StartsWith("sendto(", StringComparison.Ordinal));
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task A_script_that_starts_a_program_costs_no_list_of_all_processes(RunModeUnderTest mode)
    {
        string script = Folder.Shell("/bin/true; printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = Trace(mode, script);
        for (int i = 0; i < 3; i++)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await EndAsync(program);
        Assert.DoesNotContain(CallsIn(File.ReadAllText(LogPath)), call => call.StartsWith("openat(AT_FDCWD, \"/proc\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_tcp_no_piece_of_a_response_waits_for_the_acknowledgement_of_the_one_before_it()
    {
        string script = ServingScript();
        await using ListeningProgram program = Trace(RunModeUnderTest.FastCgi, script, tcp: true);
        await using Conversation conversation = await program.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            FastCgiReply reply = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit);
            Assert.Equal("served", reply.Reply.Body);
        }
        await EndAsync(program);
        string[] calls = [.. CallsIn(File.ReadAllText(LogPath)).Where(call => call.StartsWith("sendto(", StringComparison.Ordinal) || call.Contains("TCP_NODELAY", StringComparison.Ordinal))];
        Assert.Contains("TCP_NODELAY", calls[1], StringComparison.Ordinal);
        Assert.Single(calls, call => call.Contains("TCP_NODELAY", StringComparison.Ordinal));
    }

    /// <summary>
    /// Without the look at the program's own file, which is made once in a while, and at the
    /// processes that other programs have started since the script's start, which may be what it has left behind. What it reads brings the collector's calls.
    /// </summary>
    private static string[] WithoutWhatTimeDecides(string[] calls, int processId)
    {
        string file = File.ResolveLinkTarget($"/proc/{processId}/exe", returnFinalTarget: false)!.FullName;
        calls = [.. calls.Where(call => !call.StartsWith($"statx(AT_FDCWD, \"{file}\"", StringComparison.Ordinal))];
        var kept = new List<string>();
        string? open = null; // a descriptor of the look
        foreach (string call in calls)
        {
            bool isLook = call.StartsWith("getpid(", StringComparison.Ordinal) || call.StartsWith("tgkill(", StringComparison.Ordinal)
                || (call.Contains("\"/proc", StringComparison.Ordinal) && !call.Contains("\"/proc/loadavg\"", StringComparison.Ordinal));
            if (isLook && call.StartsWith("openat(", StringComparison.Ordinal))
                open = call[(call.LastIndexOf(' ') + 1)..];
            else if (open is not null && (call.Contains($"({open},", StringComparison.Ordinal) || call.Contains($"({open})", StringComparison.Ordinal)))
            {
                isLook = true;
                if (call.StartsWith("close(", StringComparison.Ordinal))
                    open = null;
            }
            if (!isLook)
                kept.Add(call);
        }
        return kept.Count == calls.Length ? calls : [.. kept.Where(call => !s_collector.Any(name => call.StartsWith(name, StringComparison.Ordinal)))];
    }

    private string ServingScript() => Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");

    /// <summary>Starts a program under strace, which looks at the program's first thread and at nobody else.</summary>
    private ListeningProgram Trace(RunModeUnderTest mode, string script, bool tcp = false)
    {
        Assert.SkipUnless(Tool.Exists("strace"), "needs strace");
        string log = LogPath;
        return new Invocation(mode, script)
        {
            Tcp = tcp,
            // -D: the program stays the process that the test has started.
            Adjust = launch => launch with { Program = Tool.PathOf("strace"), Arguments = ["-D", "-o", log, launch.Program, .. launch.Arguments] },
        }.Listen();
    }

    /// <summary>It waits for the next request: it sleeps, and the script of the last one has ended.</summary>
    private static async Task WaitForRestAsync(ListeningProgram program)
    {
        int id = program.Program.ProcessId;
        await Patience.UntilAsync(
            () => File.ReadAllText($"/proc/{id}/stat").Contains(") S ", StringComparison.Ordinal) && File.ReadAllText($"/proc/{id}/task/{id}/children").Length == 0,
            "the end of the request");
    }

    /// <summary>The script of a request runs, and the program sleeps.</summary>
    /// <returns>The script's process id.</returns>
    private static async Task<string> WaitForScriptAsync(ListeningProgram program)
    {
        int id = program.Program.ProcessId;
        string script = "";
        await Patience.UntilAsync(
            () => (script = File.ReadAllText($"/proc/{id}/task/{id}/children").Trim()).Length > 0 && File.ReadAllText($"/proc/{id}/stat").Contains(") S ", StringComparison.Ordinal),
            "the script to run");
        return script;
    }

    private async Task StopAsync(ListeningProgram program, int before)
    {
        program.Program.Signal(Stop);
        await Patience.UntilAsync(() => File.ReadAllText(LogPath).Split("stopped by SIGSTOP").Length == before + 2, "the program to stop");
    }

    private async Task EndAsync(ListeningProgram program)
    {
        program.Program.Signal(15);
        await program.Program.WaitAsync(Patience.Limit);
        await Patience.UntilAsync(() => File.ReadAllText(LogPath).Contains("+++ exited with 0 +++", StringComparison.Ordinal), "the end of the log");
    }

    /// <summary>Without what strace says of signals, and the call that a stop has interrupted.</summary>
    private static string[] CallsIn(string log) =>
        [.. log.Split('\n').Where(line => line.Contains('(', StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal) && !line.Contains("EINTR", StringComparison.Ordinal))];
}
