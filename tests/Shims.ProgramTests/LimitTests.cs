namespace Shims.ProgramTests;

/// <summary>CPU time, address space and concurrency.</summary>
public sealed class LimitTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task CPU_time_and_memory_are_limited_for_the_script_as_the_options_say(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; ulimit -t; ulimit -v");
        Response answer = await new Invocation(mode, script) { Options = ["--cpu", "7", "--memory", "256M"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "7\n262144\n", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_uses_up_its_CPU_time_gets_a_502_and_the_log_says_why(RunModeUnderTest mode)
    {
        string script = Folder.Shell("while :; do :; done");
        Response answer = await new Invocation(mode, script) { Options = ["--cpu", "1"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 502 or 504, BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("--cpu", answer.LogLines[0], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task One_request_too_many_gets_a_503_at_once(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        var invocation = new Invocation(mode, script) { Options = ["--max", "1"] };

        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Response second = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(second is { Status: 503, BrokeOff: false, LogLines.Count: 1 }, second.ToString());
        Assert.Equal("1", second.Header("Retry-After"));

        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Response third = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(third.Body == "served", third.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "L6")]
    public async Task A_script_is_told_to_end_when_its_program_is_killed(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness(), told = Folder.Witness();
        string script = Folder.Shell($"trap '{told.Appear}; exit' TERM; {witness.Appear}; while :; do sleep 0.05; done");
        await using Conversation killed = new Invocation(mode, script).Connect();
        await killed.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        killed.Program.Signal(9);
        await told.LineAsync();
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_killed_program_leaves_no_slot_taken(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; exec sleep 100; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        var invocation = new Invocation(mode, script) { Options = ["--max", "1"] };
        await using (Conversation killed = invocation.Connect())
        {
            await killed.SendAsync(RequestVariables.For("GET", script, query: "wait"));
            int child = int.Parse(await witness.LineAsync(), System.Globalization.CultureInfo.InvariantCulture);
            killed.Program.Signal(9);
            await killed.Program.WaitAsync(Patience.Limit);
            // Where the system has no parent-death signal, the script is an orphan now.
            try
            {
                using var orphan = System.Diagnostics.Process.GetProcessById(child);
                orphan.Kill();
            }
            catch (ArgumentException) { } // It has ended with its parent.
            await witness.GoneAsync();
        }
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "served", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task The_limit_on_concurrency_holds_in_wait_mode(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--max", "1"] }.Listen();
        Task<Response> first = program.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Response second = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(second is { Status: 503, BrokeOff: false }, second.ToString());
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }
}
