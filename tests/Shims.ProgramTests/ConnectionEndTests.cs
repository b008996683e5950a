namespace Shims.ProgramTests;

/// <summary>Wherever a connection stands still, it ends: by a limit of its own, or when the process has to.</summary>
public sealed class ConnectionEndTests : ProgramTest
{
    /// <summary>Those in which the shim stays beside the script, and none of which waits for a web server without end.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    [Trait("fault", "H8"), Trait("fault", "H9")]
    public Task A_program_for_one_connection_ends_wherever_the_web_server_or_the_script_stands_still(RunModeUnderTest mode) => EachAsync(mode, async (standstill, script) =>
    {
        if (standstill == Standstill.KeptConnection)
            return; // that it may be idle for ten minutes, and no longer, PhaseTests show
        await using Conversation conversation = new Invocation(mode, script) { Options = ["--header-timeout", "1", "--timeout", "1"] }.Connect();
        await standstill.ReachAsync(mode, conversation, script);
        await conversation.Program.WaitForEndAsync(Patience.Limit);
    });

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "H8"), Trait("fault", "H9")]
    public Task A_program_on_a_listening_socket_closes_a_connection_that_stands_still(RunModeUnderTest mode) => EachAsync(mode, async (standstill, script) =>
    {
        if (standstill == Standstill.KeptConnection || (mode == RunModeUnderTest.Plain && standstill == Standstill.NothingTakenAfterTheEnd))
            return; // the script writes to the connection itself, and is ended when its time is over: its answer stays with the kernel
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--header-timeout", "1", "--timeout", "1"] }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await program.WaitForSocketsAsync(1);
        await using Conversation conversation = await program.ConnectAsync();
        await standstill.ReachAsync(mode, conversation, script);
        // Whoever has connected before has been taken before.
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await program.WaitForSocketsAsync(1);
    });

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "H9")]
    public Task After_SIGTERM_the_process_ends_within_its_time_whatever_web_servers_and_scripts_do(RunModeUnderTest mode) => EachAsync(mode, async (standstill, script) =>
    {
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--finish-time", "1", "--header-timeout", "1000"] }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await standstill.ReachAsync(mode, conversation, script);
        // Whoever has connected before has been taken before.
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        program.Program.Signal(15);
        await program.Program.WaitForEndAsync(Patience.Limit);
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.True(result is { ExitCode: 0, Signal: 0 }, $"{standstill}: {result.ExitCode} {result.Signal} {result.ErrorText}");
    });

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "H9")]
    public Task After_its_program_has_been_replaced_every_request_is_served_wherever_another_connection_stands_still(RunModeUnderTest mode) => EachAsync(mode, async (standstill, script) =>
    {
        string folder = Folder.MakeFolder($"installed{standstill}"), name = $"installed{standstill}/{mode.ProgramName()}";
        byte[] program = File.ReadAllBytes(mode.Program());
        string installed = Folder.Script(name, program);
        Launch launch = new Invocation(mode, script) { Options = ["--finish-time", "1", "--header-timeout", "1000"] }.Launch with { Program = installed };
        await using var superServer = new SuperServer(launch, Path.Combine(folder, "socket"));
        await using Conversation conversation = new(mode, await Connection.OpenAsync(superServer.Address), null);
        await standstill.ReachAsync(mode, conversation, script);
        async Task AskAsync()
        {
            await using var other = new Conversation(mode, await Connection.OpenAsync(superServer.Address), null);
            Response answer = await other.ExchangeAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "served", BrokeOff: false }, $"{standstill}: {answer}");
        }
        await AskAsync();
        File.Move(Folder.Script(name + ".new", program), installed, overwrite: true);
        // It looks at its file once in a second.
        long start = Environment.TickCount64;
        do
            await AskAsync();
        while (Environment.TickCount64 - start < 1200);
        for (int i = 0; i < 3; i++)
            await AskAsync();
    });

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    [Trait("fault", "F02")]
    public Task A_response_is_complete_when_the_script_has_closed_its_output_although_it_runs_on(RunModeUnderTest mode) => TestClosedOutputAsync(mode, "sleep 0.1;");

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    [Trait("fault", "F02")]
    public Task An_output_that_ends_in_the_moment_after_the_last_byte_is_seen_to_end(RunModeUnderTest mode) => TestClosedOutputAsync(mode, "");

    private async Task TestClosedOutputAsync(RunModeUnderTest mode, string pause)
    {
        Gate gate = Folder.Gate();
        // Standard error stays open: it is not the end of that which counts.
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\npage'; {pause} exec >&-; {gate.Pass}");
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--idle", "1"] }.Listen();
        for (int i = 0; i < TestExtent.Of(2, 50); i++)
        {
            Response answer = await program.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "page", BrokeOff: false }, answer.ToString());
            await gate.OpenAsync();
        }
        Assert.Equal(0, (await program.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    /// <summary>Tries every standstill at the same time, and names those that fail.</summary>
    private async Task EachAsync(RunModeUnderTest mode, Func<Standstill, string, Task> tryAsync)
    {
        string script = Standstills.Script(Folder);
        Standstill[] all = [.. Standstills.Of(mode)];
        Task[] tries = [.. all.Select(standstill => tryAsync(standstill, script))];
        await Task.WhenAll(tries).ContinueWith(static _ => { }, TaskScheduler.Default);
        string failures = string.Join("\n", all.Zip(tries).Where(pair => !pair.Second.IsCompletedSuccessfully).Select(pair => $"{pair.First}: {pair.Second.Exception?.InnerException?.Message}"));
        Assert.True(failures.Length == 0, failures);
    }
}
