using System.Globalization;

namespace Shims.ProgramTests;

/// <summary>--max-wait: requests that wait for a slot of --max, in order of arrival, whichever process they came to.</summary>
public sealed class SlotQueueTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Requests_of_several_processes_wait_and_are_answered_in_order_of_arrival(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "20");
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        var conversations = new List<Conversation>();
        foreach (string query in (string[])["one", "two", "three"])
        {
            Conversation conversation = invocation.Connect();
            conversations.Add(conversation);
            await conversation.SendAsync(RequestVariables.For("GET", script, query: query));
            await UntilItHoldsLocksAsync(conversation.Program.ProcessId, 1);
        }
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        foreach (Conversation conversation in conversations)
        {
            Response answer = await conversation.FinishAsync();
            Assert.True(answer is { Body: "served", Log: "" }, answer.ToString());
            await conversation.DisposeAsync();
        }
        Assert.Equal(["one", "two", "three"], File.ReadAllLines(Folder.PathTo("order")));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Requests_of_one_process_wait_and_are_answered_in_order_of_arrival(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "20");
        await using ListeningProgram program = invocation.Listen();
        Task<Response> first = program.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        var waiting = new List<Task<Response>>();
        foreach (string query in (string[])["one", "two", "three"])
        {
            waiting.Add(program.AskAsync(RequestVariables.For("GET", script, query: query)));
            await UntilItHoldsLocksAsync(program.Program.ProcessId, 1 + waiting.Count);
        }
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.All(await Task.WhenAll(waiting), static answer => Assert.Equal("served", answer.Body));
        Assert.Equal(["one", "two", "three"], File.ReadAllLines(Folder.PathTo("order")));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_for_which_no_script_ends_in_time_gets_a_503(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "1");
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Response second = await invocation.AskAsync(RequestVariables.For("POST", script), new byte[100_000]);
        Assert.True(second is { Status: 503, BrokeOff: false, LogLines.Count: 1 }, second.ToString());
        Assert.Contains("as many scripts are running as --max allows (1), and more requests wait than could be answered within the 1 s of --max-wait", second.Log, StringComparison.Ordinal);
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_client_that_leaves_the_queue_runs_nothing_and_holds_nobody_up(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "20");
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        await using Conversation leaving = invocation.Connect();
        await leaving.SendAsync(RequestVariables.For("GET", script, query: "left"));
        await UntilItHoldsLocksAsync(leaving.Program.ProcessId, 1);
        await using Conversation staying = invocation.Connect();
        await staying.SendAsync(RequestVariables.For("GET", script, query: "stayed"));
        await UntilItHoldsLocksAsync(staying.Program.ProcessId, 1);
        leaving.HangUp();
        await leaving.Program.WaitAsync(Patience.Limit);
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await staying.FinishAsync()).Body);
        Assert.Equal(["stayed"], File.ReadAllLines(Folder.PathTo("order")));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_process_that_is_killed_leaves_its_place(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "20");
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        await using Conversation killed = invocation.Connect();
        await killed.SendAsync(RequestVariables.For("GET", script, query: "killed"));
        await UntilItHoldsLocksAsync(killed.Program.ProcessId, 1);
        killed.Program.Signal(9);
        await killed.Program.WaitAsync(Patience.Limit);
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await invocation.AskAsync(RequestVariables.For("GET", script, query: "next"))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_process_that_is_told_to_end_answers_those_that_wait(RunModeUnderTest mode)
    {
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, "20");
        await using ListeningProgram program = invocation.Listen();
        Task<Response> first = program.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Task<Response> second = program.AskAsync(RequestVariables.For("GET", script, query: "one"));
        await UntilItHoldsLocksAsync(program.Program.ProcessId, 2);
        program.Program.Signal(15);
        await program.WaitForSocketsAsync(3);
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await second).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_wait_without_a_maximum_is_refused(RunModeUnderTest mode)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = mode.Program(), Arguments = ["--max-wait", "5", Folder.Target] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--max-wait needs --max: say --max N too", result.ErrorText, StringComparison.Ordinal);
    }

    /// <summary>Until a process holds so many bytes of lock files: those that wait, and those that run. proc_locks(5).</summary>
    private static Task UntilItHoldsLocksAsync(int process, int count) => Patience.UntilAsync(() => File.ReadLines("/proc/locks")
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is [_, "POSIX", _, "WRITE", _, _, _, _] && words[4] == process.ToString(CultureInfo.InvariantCulture))
        .Sum(static words => long.Parse(words[7], CultureInfo.InvariantCulture) - long.Parse(words[6], CultureInfo.InvariantCulture) + 1) >= count, $"{count} locks of process {process}");

    private (Invocation Invocation, string Script, Witness Witness, Gate Gate) Waiting(RunModeUnderTest mode, string seconds)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($$"""
            case $QUERY_STRING in
                wait) {{witness.Appear}}; {{gate.Pass}} ;;
                *) echo "$QUERY_STRING" >>{{Folder.PathTo("order")}} ;;
            esac
            printf 'Content-Type: text/plain\n\nserved'
            """);
        return (new Invocation(mode, script) { Options = ["--max", "1", "--max-wait", seconds], Environment = [$"TMPDIR={Folder.MakeFolder("tmp")}"] }, script, witness, gate);
    }
}
