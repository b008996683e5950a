namespace Shims.ProgramTests;

/// <summary>CONTENT_LENGTH: what is believed, what is refused, what the script gets.</summary>
public sealed class ContentLengthTests : ProgramTest
{
    [Theory]
    [InlineData("+5")]
    [InlineData("05")]
    [InlineData("5 5")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("0x5")]
    [InlineData("5,5")]
    [InlineData("99999999999999999999")]
    [InlineData("18446744073709551621")]
    [InlineData("9223372036854775808")]
    public async Task By_SCGI_anything_but_a_plain_number_gets_a_400(string length)
    {
        string script = Folder.MarkingScript();
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Supervise, RunModeUnderTest.Relay])
        {
            byte[] header = ScgiClient.Encode(new RequestVariables { { "CONTENT_LENGTH", length }, { "SCGI", "1" }, { "REQUEST_METHOD", "POST" } });
            Response answer = await new Invocation(mode, script).AskAsync((byte[])[.. header, .. "12345"u8]);
            Assert.True(answer is { Status: 400, ExitCode: 76, LogLines.Count: 1 }, answer.ToString());
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task Of_several_lengths_the_last_is_true(RunModeUnderTest mode)
    {
        byte[] header = ScgiClient.Encode(new RequestVariables { { "CONTENT_LENGTH", "3" }, { "SCGI", "1" }, { "REQUEST_METHOD", "POST" }, { "CONTENT_LENGTH", "5" } });
        await using Conversation conversation = new Invocation(mode, Folder.EchoScript()).Connect();
        await conversation.Connection.SendAsync((byte[])[.. header, .. "12345"u8]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == "12345", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_request_without_a_body_has_no_CONTENT_LENGTH_unless_its_method_calls_for_one(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        foreach ((string method, string? expected) in ((string, string?)[])[("GET", null), ("HEAD", null), ("DELETE", null), ("POST", "0"), ("PUT", "0"), ("PATCH", "0")])
        {
            if (method == "HEAD" && mode is RunModeUnderTest.Relay or RunModeUnderTest.FastCgi)
                continue; // Its body would be cut, rightly.
            ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(RequestVariables.For(method, script)));
            Assert.Equal(expected is null ? [] : [expected], environment["CONTENT_LENGTH"]);
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_body_arrives_with_its_length(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), "twelve bytes"u8.ToArray()));
        Assert.Equal(["12"], environment["CONTENT_LENGTH"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    public async Task A_body_of_unknown_length_is_taken_in_first_so_that_the_script_gets_the_true_one(string? declared)
    {
        string script = Folder.Shell("""
            printf 'Content-Type: text/plain\n\n%s ' "$CONTENT_LENGTH"
            wc -c
            """);
        RequestVariables variables = RequestVariables.For("POST", script);
        if (declared is not null)
            variables = variables.With("CONTENT_LENGTH", declared);
        byte[] body = new byte[300_000];
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables)),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body),
        ]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.Trim() == "300000 300000", answer.ToString());
    }

    [Theory]
    [InlineData(5, 8)]
    [InlineData(8, 5)]
    public async Task By_FastCGI_a_body_that_is_not_as_long_as_announced_is_never_passed_off_as_whole(int declared, int sent)
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script).ForFastCgi(declared))),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, "12345678"u8.ToArray().AsMemory(0, sent)),
        ]);
        Response answer = await conversation.FinishAsync();
        // Whether it is refused, breaks off, or is served with the true length: silence is the one thing that is wrong.
        Assert.True(answer.BrokeOff || answer.Log.Length > 0 || answer.Records!.Error.Length > 0, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_web_server_that_leaves_in_the_middle_of_the_body_ends_the_script(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; cat >/dev/null; sleep 100");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        byte[] request = mode.SpeaksFastCgi()
            ? FastCgiClient.Encode(RequestVariables.For("POST", script), new byte[1000])[..^300]
            : mode.Encode(RequestVariables.For("POST", script), new byte[1000])[..^300];
        await conversation.Connection.SendAsync(request);
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
        await conversation.Program.WaitAsync(Patience.Limit);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_body_larger_than_allowed_gets_a_413_and_the_script_does_not_run(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        var invocation = new Invocation(mode, script) { Options = ["--max-body", "1K"] };
        Response within = await invocation.AskAsync(RequestVariables.For("POST", script), new byte[1024]);
        Assert.True(within.Body == "ran", within.ToString());
        File.Delete(Folder.PathTo("ran"));

        Response beyond = await invocation.AskAsync(RequestVariables.For("POST", script), new byte[1025]);
        Assert.True(beyond.Status == 413, beyond.ToString());
        Assert.False(beyond.BrokeOff);
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task A_body_of_unknown_length_that_grows_too_large_gets_a_413()
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--max-body", "64K"] }.Connect();
        Task sending = conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script))),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[1 << 20]),
        ]);
        Response answer = await conversation.FinishAsync();
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        Assert.True(answer.Status == 413, answer.ToString());
        Assert.False(Folder.HasRun);
    }
}
