namespace Shims.ProgramTests;

/// <summary>The end of a response is the end of file on the script's output, in every mode in which the shim stays beside the script.</summary>
public sealed class OutputEndTests : ProgramTest
{
    private const string Head = "printf 'Content-Type: text/plain\\n\\n'";

    public static TheoryData<RunModeUnderTest, bool> StayingInBothLives => new MatrixTheoryData<RunModeUnderTest, bool>([RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi], [false, true]);

    [Theory, MemberData(nameof(StayingInBothLives)), Trait("fault", "F03")]
    public async Task A_background_process_that_writes_the_page_after_the_script_has_ended_is_waited_for(RunModeUnderTest mode, bool waits)
    {
        string late = Folder.Shell($"{Head}; (sleep 0.3; echo the page) &", "late.cgi");
        string substituted = Folder.Script("sub.cgi", "#!/bin/bash\nexec > >(sleep .2; cat)\nprintf 'Content-Type: text/plain\\n\\nthe page\\n'\n");
        foreach (string script in (string[])[late, substituted])
        {
            Response answer = await AskAsync(new Invocation(mode, script), waits, script);
            Assert.True(answer is { Status: 200, Body: "the page\n", BrokeOff: false }, answer.ToString());
            Assert.True(waits || answer.Log.Length == 0, answer.ToString());
        }
    }

    [Theory, MemberData(nameof(StayingInBothLives)), Trait("fault", "F03"), Trait("fault", "M6")]
    public async Task A_background_process_that_only_holds_the_output_does_not_hold_the_page(RunModeUnderTest mode, bool waits)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{Head}; echo the page; ({Hold(witness, gate)}) &");
        var invocation = new Invocation(mode, script) { Options = ["--output-wait", "1"] };
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 200, Body: "the page\n", BrokeOff: false }, answer.ToString());
        // Its holder lives on, and is named.
        string holder = await witness.LineAsync();
        if (program is not null)
            await program.WaitForLogAsync("--output-wait");
        string log = program is null ? answer.Log : program.Program.ErrorSoFar;
        Assert.Matches($"script\\.cgi has ended \\(exit status 0\\), but process [0-9]+ \\([a-z.]+\\) still holds its standard output: .*--output-wait", log);
        Assert.NotEmpty(holder);
        await gate.OpenAsync();
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "F03")]
    public async Task A_response_that_a_failed_script_has_left_open_breaks_off(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{Head}; echo half of it; ({Hold(witness, gate)}) & exit 3");
        Response answer = await new Invocation(mode, script) { Options = ["--output-wait", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff, answer.ToString());
        Assert.Contains("has ended (exit status 3), but process ", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        await witness.LineAsync();
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F03")]
    public async Task A_response_with_its_whole_Content_Length_waits_for_no_background_process(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nContent-Length: 9\\n\\n'; ({Hold(witness, gate)}) & echo the page");
        // Waiting for it would take longer than this test has patience.
        Response answer = await new Invocation(mode, script) { Options = ["--output-wait", "1000"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 200, Body: "the page\n", BrokeOff: false, Log: "" }, answer.ToString());
        await witness.LineAsync();
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F03")]
    public async Task A_response_shorter_than_its_Content_Length_breaks_off_after_the_wait(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nContent-Length: 100\\n\\n'; ({Hold(witness, gate)}) & echo the page");
        Response answer = await new Invocation(mode, script) { Options = ["--output-wait", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff, answer.ToString());
        await witness.LineAsync();
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F03")]
    public async Task A_script_that_leaves_only_a_holder_and_no_header_gets_a_502(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"({Hold(witness, gate)}) &");
        Response answer = await new Invocation(mode, script) { Options = ["--output-wait", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 502, BrokeOff: false }, answer.ToString());
        Assert.Contains("still holds its standard output", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        await witness.LineAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "F03"), Trait("fault", "M6")]
    public async Task The_timeout_bounds_what_a_background_process_writes_too(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{Head}; (exec 2>/dev/null; {witness.Appear}; while echo more; do sleep 0.1; done) &");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout", "2", "--output-wait", "1000"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff && answer.LogLines.Count == 1, answer.ToString());
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "M6")]
    public async Task The_timeout_ends_a_whole_response_that_is_only_held_open_without_breaking_it(RunModeUnderTest mode)
    {
        string script = Folder.Shell($"{Head}; echo page; sleep 100 &");
        foreach (bool tcp in (bool[])[false, true])
        {
            Response answer = await new Invocation(mode, script) { Tcp = tcp, Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "page\n", BrokeOff: false }, answer.ToString());
            Assert.Contains("or raise --timeout", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        }
    }

    [Fact, Trait("fault", "F03")]
    public async Task In_supervise_a_signal_to_end_leaves_the_rest_of_a_response_its_time()
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{Head}; ({witness.Appear}; sleep 1; echo late) & exit");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.Supervise, script) { Options = ["--finish-time", "20"] }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        program.Program.Signal(15);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Body: "late\n", BrokeOff: false }, answer.ToString());
    }

    [Fact, Trait("fault", "F03")]
    public async Task In_exec_the_response_ends_with_the_last_process_that_holds_it()
    {
        string script = Folder.Shell($"{Head}; (sleep 0.3; echo the page) &");
        Response answer = await new Invocation(RunModeUnderTest.Plain, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "the page\n", BrokeOff: false }, answer.ToString());
    }

    [Fact, Trait("fault", "F02")]
    public async Task A_script_that_closes_its_output_and_goes_on_ends_the_FastCGI_request()
    {
        Gate gate = Folder.Gate();
        foreach (string pause in (string[])["", "sleep 0.1; "])
        {
            string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\npage\\n'; {pause}exec >&-; {gate.Pass}");
            await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
            Response answer = await program.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "page\n", BrokeOff: false, Records.IsComplete: true }, answer.ToString());
            await gate.OpenAsync();
        }
    }

    private static string Hold(Witness witness, Gate gate) => $"exec 2>/dev/null; {witness.Appear}; {gate.Pass}";

    private static async Task<Response> AskAsync(Invocation invocation, bool waits, string script)
    {
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        return program is null
            ? await invocation.AskAsync(RequestVariables.For("GET", script))
            : await program.AskAsync(RequestVariables.For("GET", script));
    }
}
