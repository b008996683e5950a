namespace Shims.ProgramTests;

/// <summary>A web server that ends its sending after a whole request gets a whole answer.</summary>
public sealed class HalfCloseTests : ProgramTest
{
    [Theory]
    [InlineData(RunModeUnderTest.Relay, false), InlineData(RunModeUnderTest.Relay, true)]
    [InlineData(RunModeUnderTest.FastCgi, false), InlineData(RunModeUnderTest.FastCgi, true)]
    [Trait("fault", "N2")]
    public async Task Output_left_to_send_when_the_script_had_ended_arrives_with_its_end(RunModeUnderTest mode, bool tcp)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c $QUERY_STRING /dev/zero; echo done >&2");
        foreach (bool keep in (bool[])[false, .. mode.SpeaksFastCgi() ? [true] : Array.Empty<bool>()])
        {
            // Which of them leaves bytes waiting depends on the size of the socket's buffer. All of them fit into that, the shim and the pipe.
            for (int size = 160_000; size <= 220_000; size += TestExtent.Of(20_000, 2_000))
            {
                await using Conversation conversation = new Invocation(mode, script) { Tcp = tcp, Options = ["--stderr", "inherit"] }.Connect();
                RequestVariables variables = RequestVariables.For("GET", script, query: $"{size}");
                await conversation.Connection.SendAsync(mode.SpeaksFastCgi()
                    ? FastCgiClient.Encode(variables, keepConnection: keep)
                    : mode.Encode(variables));
                await Patience.UntilAsync(() => conversation.Program.ErrorSoFar.Contains("done", StringComparison.Ordinal), $"the script to end after {size} bytes, kept: {keep}");
                conversation.Connection.EndSending();
                Response answer = await conversation.FinishAsync();
                Assert.True(answer.Reply.BodyBytes.Length == size && !answer.BrokeOff, $"{size} bytes, kept: {keep}: {answer.Reply.BodyBytes.Length} came, broke off: {answer.BrokeOff}");
            }
        }
    }

    [Theory]
    [InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    [Trait("fault", "N2")]
    public async Task On_a_unix_socket_it_may_take_any_time(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; sleep 3; printf 'Content-Type: text/plain\\n\\nserved'");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        conversation.Connection.EndSending();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Body: "served", BrokeOff: false }, answer.ToString());
    }

    [Theory, InlineData(false), InlineData(true)]
    [Trait("fault", "N2")]
    public async Task A_kept_connection_on_which_no_more_can_come_ends_with_the_response(bool tcp)
    {
        string script = Folder.Shell("sleep 0.5; printf 'Content-Type: text/plain\\n\\nserved'");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script) { Tcp = tcp }.Connect();
        await conversation.Connection.SendAsync(FastCgiClient.Encode(RequestVariables.For("GET", script), keepConnection: true));
        conversation.Connection.EndSending();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Body: "served", BrokeOff: false, ExitCode: 0 }, answer.ToString());
    }

    [Fact]
    [Trait("fault", "H9")]
    public async Task A_request_whose_parameters_have_no_end_is_refused_when_no_more_can_come()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--header-timeout", "1000"] }.Connect();
        RequestVariables variables = RequestVariables.For("GET", script);
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(keepConnection: true),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables), ended: false),
            new FastCgiRecord(FastCgiRecordType.Stdin, 1, []),
        ]);
        conversation.Connection.EndSending();
        (_, LaunchResult result) = await conversation.FinishRawAsync();
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("the connection ended before the whole FastCGI request had come", result.ErrorText, StringComparison.Ordinal);
    }
}
