namespace Shims.ProgramTests;

/// <summary>Which of exec, supervise and relay is taken. The script says it: by its own process id, its parent's, and by what its descriptors are.</summary>
public sealed class ModeTests : ProgramTest
{
    private const string Exec = "exec", Supervise = "supervise", Relay = "relay";
    private const string Confess = """printf 'Content-Type: text/plain\n\n%s %s ' $$ $PPID; echo $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1); """;

    [Theory]
    [InlineData(0, Exec)]
    [InlineData(1, Exec)]
    [InlineData(65_536, Exec)]
    [InlineData(65_537, Relay)]
    [InlineData(1_000_000, Relay)]
    public async Task By_default_a_small_request_replaces_the_shim_and_a_large_one_is_relayed(int length, string expected)
    {
        Assert.Equal(expected, await ModeOfAsync([], length));
        Assert.Equal(expected, await ModeOfAsync(["--mode", "auto"], length));
    }

    [Theory]
    [InlineData(Exec, "--mode", "exec")]
    [InlineData(Supervise, "--mode", "supervise")]
    [InlineData(Relay, "--mode", "relay")]
    [InlineData(Supervise, "--timeout", "30")]
    [InlineData(Supervise, "--truthful")]
    [InlineData(Supervise, "--max", "5")]
    [InlineData(Relay, "--status")]
    [InlineData(Relay, "--errors", "browser")]
    [InlineData(Exec, "--errors", "log")]
    [InlineData(Exec, "--env", "A=b")]
    [InlineData(Exec, "--cpu", "10")]
    [InlineData(Exec, "--memory", "1G")]
    [InlineData(Exec, "--max-body", "1M")]
    [InlineData(Relay, "--timeout", "30", "--status")]
    [InlineData(Relay, "--max", "5", "--errors", "browser")]
    [InlineData(Supervise, "--mode", "exec", "--timeout", "30")]
    [InlineData(Supervise, "--mode", "exec", "--truthful")]
    [InlineData(Supervise, "--mode", "exec", "--max", "5")]
    public async Task Options_that_need_the_shim_keep_it_there(string expected, params string[] options)
    {
        Assert.Equal(expected, await ModeOfAsync(options, 0));
        Assert.Equal(expected, await ModeOfAsync(options, 100));
    }

    [Theory]
    [InlineData(Relay, "--mode", "exec")]
    [InlineData(Relay, "--mode", "relay")]
    [InlineData(Relay, "--timeout", "30")]
    [InlineData(Relay, "--truthful")]
    public async Task A_mode_that_was_asked_for_is_taken_for_a_large_body_too(string expected, params string[] options) =>
        Assert.Equal(expected, await ModeOfAsync(options, 100_000));

    [Fact]
    public async Task In_exec_mode_standard_input_is_a_pipe_with_the_body_or_nothing()
    {
        string script = Folder.Shell(Confess + "head -c ${CONTENT_LENGTH:-0} >/dev/null");
        var invocation = new Invocation(RunModeUnderTest.Plain, script);
        Assert.StartsWith("pipe:", (await invocation.AskAsync(RequestVariables.For("POST", script), new byte[10])).Body.Split()[2], StringComparison.Ordinal);
        Assert.Equal("/dev/null", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body.Split()[2]);
    }

    [Theory, InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task Standard_input_is_a_pipe_in_supervise_and_relay_if_there_is_a_body(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Confess + "cat >/dev/null");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), new byte[10]);
        Assert.StartsWith("pipe:", answer.Body.Split()[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Supervise)]
    [InlineData(Supervise, "--mode", "exec")]
    [InlineData(Relay, "--mode", "relay")]
    [InlineData(Relay, "--status")]
    public async Task In_wait_mode_the_shim_stays_beside_each_script(string expected, params string[] options)
    {
        string script = Folder.Shell(Confess);
        await using ListeningProgram program = new Invocation(RunModeUnderTest.Plain, script) { Options = options }.Listen();
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(expected, ModeOf(answer, program.Program));
    }

    [Theory]
    [InlineData(Relay)]
    [InlineData(Relay, "--timeout", "30")]
    [InlineData(Exec, "--mode", "exec")]
    [InlineData(Supervise, "--mode", "supervise")]
    [Trait("fault", "F18"), Trait("fault", "F16")]
    public async Task Mode_auto_relays_requests_of_mod_proxy_scgi(string expected, params string[] options)
    {
        string script = Folder.Shell(Confess);
        await using Conversation conversation = new Invocation(RunModeUnderTest.Plain, script) { Options = options }.Connect();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script).With("SCRIPT_FILENAME", $"proxy:scgi://scgi-run{script}"));
        Assert.Equal(expected, ModeOf(answer, conversation.Program));
    }

    [Fact]
    public async Task fcgi_run_always_relays()
    {
        string script = Folder.Shell(Confess);
        foreach (string[] options in (string[][])[[], ["--mode", "auto"], ["--mode", "relay"]])
        {
            await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script) { Options = options }.Connect();
            Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
            Assert.Equal(Relay, ModeOf(answer, conversation.Program));
        }
    }

    private async Task<string> ModeOfAsync(string[] options, int length)
    {
        string script = Folder.Shell(Confess + "head -c ${CONTENT_LENGTH:-0} >/dev/null");
        await using Conversation conversation = new Invocation(RunModeUnderTest.Plain, script) { Options = options }.Connect();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("POST", script), new byte[length]);
        return ModeOf(answer, conversation.Program);
    }

    private static string ModeOf(Response answer, LaunchedProgram program)
    {
        string[] words = answer.Body.Split();
        Assert.True(words.Length >= 4, answer.ToString());
        string id = program.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        bool isSocket = words[3].StartsWith("socket:", StringComparison.Ordinal);
        return words[0] == id ? Exec : words[1] != id ? $"neither the program nor its child: {answer.Body}" : isSocket ? Supervise : Relay;
    }
}
