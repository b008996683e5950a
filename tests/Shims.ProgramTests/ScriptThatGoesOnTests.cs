namespace Shims.ProgramTests;

/// <summary>A script may end its response and go on: it is left alone, and nobody else has to wait for it.</summary>
public sealed class ScriptThatGoesOnTests : ProgramTest
{
    private const string Head = "printf 'Content-Type: text/plain\\n\\nstarted'";

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    [Trait("fault", "F02")]
    public async Task A_process_that_is_otherwise_idle_serves_on_until_the_script_ends(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string goesOn = Folder.Shell($"{witness.Appear}; {Head}; exec >&- 2>&-; {gate.Pass}; echo done >&9", "on.cgi"), other = Folder.Shell(Head, "other.cgi");
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Options = ["--idle", "1"] }.Listen();
        Assert.Equal("started", (await program.AskAsync(RequestVariables.For("GET", goesOn))).Body);
        await witness.LineAsync();
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        Assert.Equal("started", (await program.AskAsync(RequestVariables.For("GET", other))).Body);
        await gate.OpenAsync();
        Assert.Equal("done", await witness.LineAsync());
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    [Trait("fault", "F02")]
    public async Task Standard_error_of_a_script_that_goes_on_is_logged_and_does_not_end_the_script(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; {Head}; exec >/dev/null; sleep 2; echo warning >&2; sleep 0.1; echo again >&2; echo done >&9");
        foreach (bool waits in (bool[])[false, true])
        {
            var invocation = new Invocation(mode, script);
            await using ListeningProgram? program = waits ? invocation.Listen() : null;
            Response answer = program is null ? await invocation.AskAsync(RequestVariables.For("GET", script)) : await program.AskAsync(RequestVariables.For("GET", script));
            Assert.Equal("started", answer.Body);
            await witness.LineAsync();
            Assert.Equal("done", await witness.LineAsync());
            if (program is null)
                Assert.Equal("warning\nagain\n", answer.Log);
            else
                await program.WaitForLogAsync("warning\nagain\n");
        }
    }

    public static TheoryData<RunModeUnderTest, string, string> BadEnds => new()
    {
        { RunModeUnderTest.Relay, "exit 3", "ended with exit status 3" }, { RunModeUnderTest.FastCgi, "exit 3", "ended with exit status 3" },
        { RunModeUnderTest.Relay, "kill -SEGV $$", "was ended by signal 11" }, { RunModeUnderTest.FastCgi, "kill -SEGV $$", "was ended by signal 11" },
    };

    [Theory, MemberData(nameof(BadEnds))]
    public async Task A_script_that_ends_badly_after_its_response_is_complete_has_a_line_in_the_log(RunModeUnderTest mode, string end, string line)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"ulimit -c 0; {Head}; exec >&-; {gate.Pass}; {end}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Assert.Equal("started", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.Empty(program.Program.ErrorSoFar);
        await gate.OpenAsync();
        await program.WaitForLogAsync($"{line}, after the end of its response");
    }

    [Theory, InlineData(false), InlineData(true)]
    [Trait("fault", "F02")]
    public async Task The_web_server_is_told_at_once_that_the_response_has_ended(bool tcp)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; {Head}; exec >&- 2>&-; {Folder.Gate().Pass}");
        await using Conversation conversation = new Invocation(RunModeUnderTest.Relay, script) { Tcp = tcp }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        // The script waits for the end of this test.
        Received received = await conversation.Connection.ReceiveToEndAsync();
        Assert.False(received.WasReset);
        Assert.EndsWith("started", System.Text.Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_breaks_off_takes_nothing_of_another_one_on_its_connection()
    {
        const int size = 280_000;
        string breaks = Folder.Shell($"{Head}; sleep 0.3; kill -9 $$", "breaks.cgi"), whole = Folder.Shell($"{Head}; sleep 0.8; head -c {size} /dev/zero", "whole.cgi");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, Folder.Target) { Tcp = true }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.Connection.SendAsync(FastCgiClient.Encode(RequestVariables.For("GET", breaks), requestId: 1, keepConnection: true));
        await conversation.Connection.SendAsync(FastCgiClient.Encode(RequestVariables.For("GET", whole), requestId: 2, keepConnection: true));
        // The peer reads late.
        await program.WaitForLogAsync("breaks.cgi was killed");
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        int came = 0;
        bool ended = false;
        try
        {
            while (await conversation.FastCgi.ReceiveAsync(Patience.Limit) is { } record)
            {
                came += record is { RequestId: 2, Type: FastCgiRecordType.Stdout } ? record.Content.Length : 0;
                ended |= record is { RequestId: 2, Type: FastCgiRecordType.EndRequest };
                Assert.False(record is { RequestId: 1, Type: FastCgiRecordType.EndRequest });
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reset, by which the peer sees that request 1 has broken off.
        }
        Assert.True(ended && came > size, $"{came} bytes, ended: {ended}");
    }
}
