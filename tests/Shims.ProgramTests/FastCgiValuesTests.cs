namespace Shims.ProgramTests;

/// <summary>What fcgi-run says of itself (GET_VALUES; FastCGI 1.0, section 4.1), and that it keeps to it.</summary>
public sealed class FastCgiValuesTests : ProgramTest
{
    private const int Complete = 0, Overloaded = 2;

    [Fact]
    public async Task With_one_connection_it_says_one_connection_and_several_requests()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Connect();
        IReadOnlyDictionary<string, string> values = await ValuesAsync(conversation);
        Assert.Equal(("1", "1"), (values["FCGI_MAX_CONNS"], values["FCGI_MPXS_CONNS"]));
        // No more than the connection takes.
        Assert.InRange(Number(values["FCGI_MAX_REQS"]), 2, 256);
    }

    [Fact]
    public async Task With_a_listening_socket_it_says_several_connections()
    {
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        IReadOnlyDictionary<string, string> values = await ValuesAsync(conversation);
        Assert.Equal("1", values["FCGI_MPXS_CONNS"]);
        Assert.InRange(Number(values["FCGI_MAX_CONNS"]), 2, int.MaxValue);
        Assert.InRange(Number(values["FCGI_MAX_REQS"]), 2, int.MaxValue);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_option_max_is_what_it_says(bool waits)
    {
        var invocation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()) { Options = ["--max", "7"] };
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        Assert.Equal("7", (await ValuesAsync(conversation))["FCGI_MAX_REQS"]);
    }

    [Fact]
    public async Task A_value_is_answered_only_if_asked_for()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Connect();
        // As HAProxy asks.
        Assert.Equal(["FCGI_MAX_REQS", "FCGI_MPXS_CONNS"], (await ValuesAsync(conversation, "FCGI_MAX_REQS", "FCGI_MPXS_CONNS")).Keys.Order(StringComparer.Ordinal));
        Assert.Empty(await ValuesAsync(conversation, "FCGI_ANYTHING"));
    }

    [Fact]
    public async Task A_request_beyond_the_option_max_is_OVERLOADED_and_the_connection_goes_on()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--max", "1"] }.Connect();
        await conversation.FastCgi.SendAsync(Request(1, RequestVariables.For("GET", script, query: "wait")));
        await witness.LineAsync();

        FastCgiReply second = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), requestId: 2, keepConnection: true, limit: Patience.Limit);
        Assert.Equal(Overloaded, second.ProtocolStatus);
        // For web servers that do not look at that, which are most.
        Assert.Equal((503, "1"), (second.Reply.Status, second.Reply.Header("Retry-After")));

        await gate.OpenAsync();
        FastCgiReply first = await conversation.FastCgi.ReceiveReplyAsync(1, Patience.Limit);
        Assert.Equal((Complete, "served"), (first.ProtocolStatus, first.Reply.Body));
        FastCgiReply third = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), requestId: 3, keepConnection: true, limit: Patience.Limit);
        Assert.Equal((Complete, "served"), (third.ProtocolStatus, third.Reply.Body));
    }

    private static IEnumerable<FastCgiRecord> Request(int id, RequestVariables variables) =>
    [
        FastCgiClient.Begin(id, keepConnection: true),
        .. FastCgiClient.Stream(FastCgiRecordType.Params, id, FastCgiClient.EncodePairs(variables.ForFastCgi(0))),
        .. FastCgiClient.Stream(FastCgiRecordType.Stdin, id, ReadOnlyMemory<byte>.Empty),
    ];

    private static async Task<IReadOnlyDictionary<string, string>> ValuesAsync(Conversation conversation, params string[] names)
    {
        await conversation.FastCgi.SendAsync(FastCgiClient.GetValues(names.Length > 0 ? names : ["FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"]));
        FastCgiRecord? record = await conversation.FastCgi.ReceiveAsync(Patience.Limit);
        Assert.Equal((FastCgiRecordType.GetValuesResult, 0), (record!.Type, record.RequestId));
        return FastCgiClient.DecodePairs(record.Content);
    }

    private static int Number(string value) => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
}
