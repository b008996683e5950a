namespace Shims.ProgramTests;

/// <summary>A script that takes too long, or whose browser has left, is ended together with everything it has started.</summary>
public sealed class TimeoutAndClientGoneTests : ProgramTest
{
    public static TheoryData<RunModeUnderTest, bool> StayingInBothLives => new MatrixTheoryData<RunModeUnderTest, bool>([RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi], [false, true]);

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_slower_than_the_timeout_gets_a_504_if_its_head_has_not_left(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; sleep 100");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 504, BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("--timeout", answer.LogLines[0], StringComparison.Ordinal);
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_script_slower_than_the_timeout_breaks_off_if_its_head_has_left(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; printf 'Content-Type: text/plain\\n\\nhalf'; sleep 100 & wait");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff && answer.LogLines.Count == 1, answer.ToString());
        Assert.Contains("--timeout", answer.LogLines[0], StringComparison.Ordinal);
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_script_that_ignores_SIGTERM_is_ended_all_the_same(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"trap '' TERM HUP INT; {witness.Appear}; while :; do sleep 1; done");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff || answer.Status == 504, answer.ToString());
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_script_gets_SIGTERM_first_so_that_it_can_tidy_up(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"trap 'echo tidied >&9; exit 0' TERM; {witness.Appear}; sleep 100 & wait");
        _ = new Invocation(mode, script) { Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        Assert.Equal("tidied", await witness.LineAsync());
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(StayingInBothLives))]
    public async Task A_client_that_leaves_ends_the_script_and_what_it_has_started(RunModeUnderTest mode, bool waits)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; sleep 100 & sleep 100 | cat");
        var invocation = new Invocation(mode, script);
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
        if (!waits)
            await conversation.Program.WaitAsync(Patience.Limit);
    }

    [Theory, MemberData(nameof(StayingInBothLives))]
    public async Task A_client_that_leaves_is_not_logged_as_a_fault_of_the_script(RunModeUnderTest mode, bool waits)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        var invocation = new Invocation(mode, script);
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
        program?.Program.Signal(15);
        LaunchResult result = await (program?.Program ?? conversation.Program).WaitAsync(Patience.Limit);
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
    }

    [Theory, MemberData(nameof(StayingInBothLives))]
    public async Task A_client_that_leaves_while_it_is_being_written_to_ends_the_script(RunModeUnderTest mode, bool waits)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; printf 'Content-Type: text/plain\\n\\n'; trap '' PIPE; while :; do echo more || sleep 1; done");
        var invocation = new Invocation(mode, script);
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await conversation.Connection.ReceiveAsync(1000, Patience.Limit);
        conversation.HangUp();
        await witness.GoneAsync();
        if (!waits)
            await conversation.Program.WaitAsync(Patience.Limit);
    }

    [Theory, MemberData(nameof(RunModes.Replacing), MemberType = typeof(RunModes))]
    public async Task A_client_that_leaves_a_script_in_exec_mode_is_seen_by_its_next_write(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; while :; do echo 'X: y'; done");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await conversation.Connection.ReceiveAsync(1000, Patience.Limit);
        conversation.HangUp();
        await witness.GoneAsync();
        LaunchResult result = await conversation.Program.WaitAsync(Patience.Limit);
        Assert.Equal(13, result.Signal); // SIGPIPE
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_client_that_only_says_it_has_no_more_to_send_has_not_left(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; printf 'Content-Type: text/plain\\n\\nstill here'");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        conversation.Connection.EndSending();
        await witness.LineAsync();
        await gate.OpenAsync();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Body: "still here", BrokeOff: false }, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task SIGTERM_to_the_program_ends_the_script_too(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.Program.Signal(15);
        await witness.GoneAsync();
        await conversation.Program.WaitAsync(Patience.Limit);
    }
}
