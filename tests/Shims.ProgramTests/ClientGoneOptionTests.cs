namespace Shims.ProgramTests;

/// <summary>--client-gone finish: scripts that run on when their client has left.</summary>
public sealed class ClientGoneOptionTests : ProgramTest
{
    private static readonly string[] s_finish = ["--client-gone", "finish"];

    /// <summary>Each way of running, for one connection and on a listening socket.</summary>
    public static TheoryData<RunModeUnderTest, bool> Programs { get; } = new() { { RunModeUnderTest.Plain, false }, { RunModeUnderTest.Supervise, true }, { RunModeUnderTest.Relay, true }, { RunModeUnderTest.FastCgi, false }, { RunModeUnderTest.FastCgi, true } };

    [Theory, MemberData(nameof(Programs))]
    public async Task A_script_runs_to_its_end_when_its_client_has_left_and_its_output_is_thrown_away(RunModeUnderTest mode, bool isListening)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        // More than all pipes and buffers on the way hold.
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\n'; body=$(cat); {witness.Appear}; {gate.Pass}; head -c 3000000 /dev/zero || exit 1; echo to the log >&2; echo \"$body\" >{Folder.PathTo("done")}; exec 9>&-");
        Invocation invocation = new(mode, script) { Options = s_finish };
        await using ListeningProgram? program = isListening ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("POST", script), "the body"u8.ToArray());
        await witness.LineAsync();
        conversation.HangUp();
        await gate.OpenAsync();
        await witness.GoneAsync();
        Assert.Equal("the body\n", File.ReadAllText(Folder.PathTo("done")));
        LaunchedProgram process = program?.Program ?? conversation.Program;
        await Patience.UntilAsync(() => process.ErrorSoFar.Contains("to the log", StringComparison.Ordinal), "its error output");
        if (program is null)
            Assert.Equal(0, (await process.WaitAsync(Patience.Limit)).ExitCode);
        else
            Assert.Equal(1, await UntilOneSocketAsync(program));
    }

    /// <summary>Until nothing but the listening socket is open.</summary>
    private static async Task<int> UntilOneSocketAsync(ListeningProgram program)
    {
        await program.SettledAsync();
        await program.WaitForSocketsAsync(1);
        return program.Sockets;
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_script_without_its_client_has_its_time_all_the_same(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        await using Conversation conversation = new Invocation(mode, script) { Options = [.. s_finish, "--timeout", "1"] }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
        LaunchResult result = await conversation.Program.WaitAsync(Patience.Limit);
        Assert.Contains("took longer than 1 s and was ended", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_script_that_lacks_a_part_of_its_request_ends_with_its_client(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        await using Conversation conversation = new Invocation(mode, script) { Options = s_finish }.Connect();
        // Larger than what is waited for before the script starts.
        RequestVariables variables = RequestVariables.For("POST", script);
        if (mode.SpeaksFastCgi())
            await conversation.FastCgi.SendAsync([FastCgiClient.Begin(), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables.ForFastCgi(200_000)))]);
        else
            await conversation.Connection.SendAsync(mode.Encode(variables, new byte[200_000])[..^200_000]);
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
        await conversation.Program.WaitAsync(Patience.Limit);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_script_that_goes_on_and_fails_is_told_in_the_log(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; echo no database >&2; exit 3");
        await using Conversation conversation = new Invocation(mode, script) { Options = s_finish }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await gate.OpenAsync();
        LaunchResult result = await conversation.Program.WaitAsync(Patience.Limit);
        Assert.Contains("failed (exit status 3): no database", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_client_that_stays_gets_the_whole_response(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c 300000 /dev/zero");
        Response answer = await new Invocation(mode, script) { Options = s_finish }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 200, BrokeOff: false } && answer.Body.Length == 300_000, answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
