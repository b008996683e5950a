namespace Shims.ProgramTests;

/// <summary>On a listening socket: many connections, one process, an end when it is told or not needed.</summary>
public sealed class WaitModeTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    /// <summary>Both programs, and scgi-run as it relays.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(Listening))]
    public async Task Many_requests_at_a_time_are_all_served(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        foreach (bool tcp in (bool[])[false, true])
        {
            await using ListeningProgram program = new Invocation(mode, script) { Tcp = tcp }.Listen();
            await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
            {
                byte[] body = System.Text.Encoding.ASCII.GetBytes($"number {number}");
                Response answer = await program.AskAsync(RequestVariables.For("POST", script), body);
                Assert.True(answer.Reply.BodyBytes.AsSpan().SequenceEqual(body), answer.ToString());
            });
        }
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task A_silent_connection_and_a_slow_script_delay_no_other_request(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; {Serve}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation silent = await program.ConnectAsync();
        await using Conversation halfway = await program.ConnectAsync();
        await halfway.Connection.SendAsync(mode.Beginning());
        Task<Response> slow = program.AskAsync(RequestVariables.For("GET", script, query: "slow"));
        await witness.LineAsync();

        for (int i = 0; i < 10; i++)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.False(slow.IsCompleted);
        await gate.OpenAsync();
        Assert.Equal("served", (await slow).Body);
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task An_idle_process_ends_after_the_time_of_idle(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--idle", "1"] }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task A_process_is_not_idle_while_a_script_runs(RunModeUnderTest mode)
    {
        string script = Folder.Shell($"sleep 2; {Serve}");
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--idle", "1"] }.Listen();
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served", BrokeOff: false }, answer.ToString());
        Assert.Equal(0, (await program.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory]
    [InlineData(RunModeUnderTest.Plain, 15), InlineData(RunModeUnderTest.Relay, 15), InlineData(RunModeUnderTest.FastCgi, 15)]
    [InlineData(RunModeUnderTest.Plain, 2), InlineData(RunModeUnderTest.FastCgi, 2)]
    public async Task A_process_that_gets_SIGTERM_finishes_the_requests_in_flight(RunModeUnderTest mode, int signal)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Task<Response> inFlight = program.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        program.Program.Signal(signal);
        await gate.OpenAsync();
        Response answer = await inFlight;
        Assert.True(answer is { Body: "served", BrokeOff: false }, answer.ToString());
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0), (result.ExitCode, result.Signal));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task An_idle_program_that_is_told_to_end_does_so_at_once(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        program.Program.Signal(15);
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0), (result.ExitCode, result.Signal));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_process_takes_the_socket_that_systemd_passes_on_descriptor_3(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = ListeningProgram.Start(new Invocation(mode, script), static (launch, listener) => launch with
        {
            // LISTEN_PID must be the program's own process id, which only itself knows before it runs.
            Program = "/bin/sh",
            Arguments = ["-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments],
            Further = [listener.SafeHandle],
        });
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task The_variables_of_socket_activation_do_not_reach_the_script(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        await using ListeningProgram program = ListeningProgram.Start(new Invocation(mode, script), static (launch, listener) => launch with
        {
            Program = "/bin/sh",
            Arguments = ["-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments],
            Input = listener.SafeHandle,
            Further = [listener.SafeHandle],
        });
        ILookup<string, string> environment = EnvironmentOf(await program.AskAsync(RequestVariables.For("GET", script)));
        Assert.Empty(environment["LISTEN_FDS"]);
        Assert.Empty(environment["LISTEN_PID"]);
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task Many_requests_leave_neither_descriptors_nor_zombies(RunModeUnderTest mode)
    {
        string script = Folder.Shell("sleep 0 & printf 'Content-Type: text/plain\\n\\nserved'; [ -z \"$QUERY_STRING\" ] || kill -KILL $$");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        // Several at a time, so that all event loops have been started; and of every kind, as the .NET runtime opens /dev/urandom with the first line of the log and keeps it.
        await Parallel.ForAsync(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await AskAsync(number));
        int before = await program.SettledAsync();
        await Parallel.ForAsync(0, TestExtent.Of(200, 50_000), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await AskAsync(number));
        await program.ComesDownToAsync(before);

        async Task AskAsync(int number)
        {
            switch (number % 5)
            {
                case 0: // A health check.
                    (await program.ConnectAsync()).HangUp();
                    break;
                case 1: // One that leaves in the middle.
                    await using (Conversation conversation = await program.ConnectAsync())
                        await conversation.Connection.SendAsync(mode.Beginning());
                    break;
                case 2:
                    await program.AskAsync(RequestVariables.For("GET", script, query: "die"));
                    break;
                case 3:
                    await program.AskAsync(RequestVariables.For("POST", script), new byte[100_000]);
                    break;
                default:
                    await program.AskAsync(RequestVariables.For("GET", script));
                    break;
            }
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Requests_at_a_limit_of_descriptors_are_answered_all_the_same(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        var invocation = new Invocation(mode, script)
        {
            Adjust = static launch => launch with { Program = "/bin/sh", Arguments = ["-c", "ulimit -n 24; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        };
        await using ListeningProgram program = invocation.Listen();
        var silent = new List<Conversation>();
        for (int i = 0; i < 40; i++)
            silent.Add(await program.ConnectAsync());
        Task<Response> waiting = program.AskAsync(RequestVariables.For("GET", script));
        foreach (Conversation conversation in silent)
            conversation.HangUp();
        // Later, or at once with an error that says so; what must not be is no answer.
        Response answer = await waiting;
        Assert.True(answer is { Status: 200, Body: "served" } or { Status: 500 or 503 }, answer.ToString());
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task High_descriptor_numbers_are_served_too(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script) { Tcp = true, Options = ["--header-timeout", "60"] }.Listen();
        var silent = new List<Conversation>();
        try
        {
            // More than fit into an fd_set.
            Assert.SkipUnless(DescriptorLimit(program) > 1400, "the limit of open files is too low");
            for (int i = 0; i < 1100; i++)
                silent.Add(await program.ConnectAsync());
            Response answer = await program.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Body == "served", answer.ToString());
        }
        finally
        {
            foreach (Conversation conversation in silent)
                conversation.HangUp();
        }
    }

    private static int DescriptorLimit(ListeningProgram program) =>
        int.Parse(File.ReadLines($"/proc/{program.Program.ProcessId}/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], System.Globalization.CultureInfo.InvariantCulture);
}
