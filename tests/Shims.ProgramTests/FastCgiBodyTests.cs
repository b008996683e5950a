namespace Shims.ProgramTests;

/// <summary>FastCGI: what the script is told of the body's length, and what it finds, is the same, whenever the bytes come.</summary>
public sealed class FastCgiBodyTests : ProgramTest
{
    /// <summary>Responds with what it is told, and with how much it finds up to the end.</summary>
    private string MeasuringScript(string wait = "") => Folder.Shell($"{wait} printf 'Content-Type: text/plain\\n\\n%s %s' $CONTENT_LENGTH $(cat | wc -c)");

    [Theory]
    [InlineData(2, 5), InlineData(10, 1_000_000), InlineData(100_000, 1_000_000)]
    [Trait("fault", "M4")]
    public async Task A_script_that_has_started_finds_as_many_bytes_as_it_was_told(int told, int sent)
    {
        Witness witness = Folder.Witness();
        string script = MeasuringScript($"{witness.Appear};");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync([FastCgiClient.Begin(), .. Parameters(script, told)]);
        await witness.LineAsync();
        await conversation.FastCgi.SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[sent]));
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == $"{told} {told}", answer.ToString());
        Assert.Single(answer.LogLines, line => line.Contains("CONTENT_LENGTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1), InlineData(100_000)]
    [Trait("fault", "M4")]
    public async Task Bytes_beyond_the_announced_length_are_read_away_and_not_kept(int told)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = MeasuringScript($"{witness.Appear}; {gate.Pass};");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--max-body", "1M"] }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.FastCgi.SendAsync([FastCgiClient.Begin(keepConnection: true), .. Parameters(script, told)]);
        await witness.LineAsync();
        await conversation.FastCgi.SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[20_000_000], ended: false)).Patiently();
        await Patience.UntilAsync(() => conversation.Connection.UnreadByProgram == 0, "all to be taken");
        Assert.DoesNotContain(program.OpenFiles(), file => file.Name.EndsWith("(deleted)", StringComparison.Ordinal));
        await conversation.FastCgi.SendAsync(new FastCgiRecord(FastCgiRecordType.Stdin, 1, []));
        await gate.OpenAsync();
        FastCgiReply reply = await conversation.FastCgi.ReceiveReplyAsync(limit: Patience.Limit);
        Assert.Equal($"{told} {told}", reply.Reply.Body);
        // The next request on the connection is not affected.
        Task<FastCgiReply> next = conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit);
        await gate.OpenAsync();
        Assert.Equal("0 ", (await next).Reply.Body);
        await program.WaitForLogAsync("CONTENT_LENGTH");
        Assert.Single(program.Program.ErrorSoFar.Split('\n'), line => line.Contains("CONTENT_LENGTH", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("fault", "L2")]
    public async Task A_length_that_cannot_be_read_is_the_only_thing_that_is_said_about_it()
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script).With("CONTENT_LENGTH", "5x"))),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, "12345"u8.ToArray()),
        ]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Status: 400, LogLines.Count: 1 }, answer.ToString());
        Assert.False(Folder.HasRun);
    }

    private static IEnumerable<FastCgiRecord> Parameters(string script, int length) =>
        FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script).ForFastCgi(length)));
}
