namespace Shims.ProgramTests;

/// <summary>Whoever has accepted a connection answers its first request, even if he is to end.</summary>
public sealed class FirstRequestTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    /// <summary>Both programs, and scgi-run as it relays.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi];

    public static TheoryData<RunModeUnderTest, int> ListeningAndSignals => new MatrixTheoryData<RunModeUnderTest, int>([RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi], [2, 15]);

    [Theory, MemberData(nameof(ListeningAndSignals))]
    [Trait("fault", "N1")]
    public async Task A_connection_on_which_nothing_has_come_is_answered_after_the_signal_to_end(RunModeUnderTest mode, int signal)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation fresh = await program.ConnectAsync();
        await EndAsync(program, script, signal);
        Assert.Equal("served", (await fresh.ExchangeAsync(RequestVariables.For("GET", script))).Body);
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0, ""), (result.ExitCode, result.Signal, result.ErrorText));
    }

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public async Task A_connection_on_which_half_of_a_header_has_come_is_answered_after_the_signal_to_end(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        RequestVariables variables = RequestVariables.For("GET", script);
        byte[] request = mode.Encode(variables);
        // FastCGI: a part of the first record, and that record and a part of PARAMS.
        foreach (int half in (int[])[5, 40])
        {
            await using ListeningProgram program = new Invocation(mode, script).Listen();
            await using Conversation fresh = await program.ConnectAsync();
            await fresh.Connection.SendAsync(request.AsMemory(0, half));
            await EndAsync(program, script, 15);
            await fresh.Connection.SendAsync(request.AsMemory(half));
            Assert.Equal("served", (await fresh.FinishAsync()).Body);
            LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
            Assert.Equal((0, 0, ""), (result.ExitCode, result.Signal, result.ErrorText));
        }
    }

    [Fact]
    [Trait("fault", "N1")]
    public async Task A_request_that_has_come_on_a_kept_connection_is_answered_after_the_signal_to_end()
    {
        const int @continue = 18, stop = 19;
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation kept = await program.ConnectAsync();
        Assert.Equal("served", (await kept.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit)).Reply.Body);
        // It sees the request and the signal at the same time.
        program.Program.Signal(stop);
        await kept.Connection.SendAsync(FastCgiClient.Encode(RequestVariables.For("GET", script), keepConnection: true));
        program.Program.Signal(15);
        program.Program.Signal(@continue);
        FastCgiReply reply = await kept.FastCgi.ReceiveReplyAsync(limit: Patience.Limit);
        Assert.True(reply is { IsComplete: true, Reply.Body: "served" });
        Assert.Equal(0, (await program.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public async Task A_connection_on_which_nothing_comes_does_not_keep_the_process_from_ending(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation silent = await program.ConnectAsync();
        await EndAsync(program, script, 15);
        Received received = await silent.Connection.ReceiveToEndAsync();
        Assert.Equal((0, false), (received.Bytes.Length, received.WasReset));
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0, ""), (result.ExitCode, result.Signal, result.ErrorText));
    }

    /// <summary>Tells the program to end, and waits until it takes no more connections.</summary>
    private static async Task EndAsync(ListeningProgram program, string script, int signal)
    {
        // Whoever has connected before has been taken before.
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.True(program.IsAccepting);
        program.Program.Signal(signal);
        await Patience.UntilAsync(() => !program.IsAccepting, "the program to stop accepting");
    }
}
