namespace Shims.ProgramTests;

/// <summary>Several requests at once on one FastCGI connection. FastCGI 1.0, sections 3.3 and 4.1 (FCGI_MPXS_CONNS).</summary>
public sealed class MultiplexingTests : ProgramTest
{
    private const int Complete = 0, Overloaded = 2;

    /// <summary>Requests that may be open on one connection.</summary>
    private const int MostRequests = 256;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Requests_whose_records_are_interleaved_are_answered_each_under_its_own_id(bool waits)
    {
        string script = Folder.EchoScript();
        int[] ids = [.. Enumerable.Range(1, 20).Select(number => number * 3 - 2)];
        var bodies = ids.ToDictionary(id => id, id => Bytes(id, id * 4000));
        await using ListeningProgram? program = waits ? new Invocation(RunModeUnderTest.FastCgi, script).Listen() : null;
        await using Conversation conversation = program is null ? new Invocation(RunModeUnderTest.FastCgi, script).Connect() : await program.ConnectAsync();

        // One record of each in turn, for as long as there are any.
        FastCgiRecord[][] requests = [.. ids.Select(id => Request(id, RequestVariables.For("POST", script), bodies[id], recordLength: 1500).ToArray())];
        Task sending = Task.Run(async () =>
        {
            for (int turn = 0; turn < requests.Max(request => request.Length); turn++)
                await conversation.FastCgi.SendAsync(requests.Where(request => turn < request.Length).Select(request => request[turn]));
        }, TestContext.Current.CancellationToken);
        Dictionary<int, FastCgiReply> replies = await RepliesAsync(conversation, ids);
        await sending;

        foreach (int id in ids)
        {
            Assert.Equal(Complete, replies[id].ProtocolStatus);
            Assert.True(replies[id].Reply.BodyBytes.AsSpan().SequenceEqual(bodies[id]), $"{id}: {replies[id].Output.Length} bytes");
        }
    }

    [Fact]
    public async Task One_stuck_script_delays_no_other_request()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        // It does not even read its body, which is more than a pipe and the shim's memory hold.
        await conversation.FastCgi.SendAsync(Request(1, RequestVariables.For("POST", script, query: "stuck"), new byte[2_000_000]));
        await witness.LineAsync();
        for (int id = 2; id <= 12; id++)
        {
            await conversation.FastCgi.SendAsync(Request(id, RequestVariables.For("POST", script), new byte[100_000]));
            Assert.Equal("served", (await RepliesAsync(conversation, id))[id].Reply.Body);
        }
        await gate.OpenAsync();
        Assert.Equal("served", (await RepliesAsync(conversation, 1))[1].Reply.Body);
    }

    [Fact]
    public async Task A_script_that_writes_without_end_leaves_room_for_the_others()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; [ -z \"$QUERY_STRING\" ] || exec yes; printf served");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(Request(1, RequestVariables.For("GET", script, query: "endless")));
        for (int id = 2; id <= 6; id++)
        {
            await conversation.FastCgi.SendAsync(Request(id, RequestVariables.For("GET", script)));
            Assert.Equal("served", (await RepliesAsync(conversation, id))[id].Reply.Body);
        }
        await conversation.FastCgi.SendAsync(FastCgiClient.Abort(1));
        Assert.True((await RepliesAsync(conversation, 1))[1].IsComplete);
    }

    [Fact]
    public async Task A_script_that_crashes_breaks_its_own_response_off_and_only_after_the_others_have_theirs()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"""
            case $QUERY_STRING in
                die) printf 'Content-Type: text/plain\n\nhalf'; {witness.Appear}; kill -KILL $$ ;;
                wait) {gate.Pass} ;;
            esac
            printf 'Content-Type: text/plain\n\nserved'
            """);
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(Request(2, RequestVariables.For("GET", script, query: "wait")));
        await conversation.FastCgi.SendAsync(Request(1, RequestVariables.For("GET", script, query: "die")));
        await witness.LineAsync();
        await witness.GoneAsync();
        await gate.OpenAsync();

        FastCgiReply reply = await conversation.FastCgi.ReceiveReplyAsync(2, Patience.Limit);
        Assert.Equal((true, "served"), (reply.IsComplete, reply.Reply.Body));
        // The first has no END_REQUEST, and the connection ends: the web server knows that it is not all there.
        FastCgiReply rest = await conversation.FastCgi.ReceiveReplyAsync(1, Patience.Limit);
        Assert.False((reply with { RequestId = 1 }).IsComplete);
        Assert.False(rest.IsComplete);
    }

    [Fact]
    public async Task Requests_that_fail_before_their_head_get_their_page_and_the_others_theirs()
    {
        string script = Folder.Shell("[ -z \"$QUERY_STRING\" ] || kill -KILL $$; printf 'Content-Type: text/plain\\n\\nserved'");
        Folder.Write("plain.cgi", "not executable");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.Target).Connect();
        await conversation.FastCgi.SendAsync(
        [
            .. Request(1, RequestVariables.For("GET", script)),
            .. Request(2, RequestVariables.For("GET", Folder.PathTo("missing.cgi"))),
            .. Request(3, RequestVariables.For("GET", script, query: "die")),
            .. Request(4, RequestVariables.For("GET", Folder.PathTo("plain.cgi"))),
            .. Request(5, RequestVariables.For("GET", script)),
        ]);
        Dictionary<int, FastCgiReply> replies = await RepliesAsync(conversation, 1, 2, 3, 4, 5);
        Assert.Equal([200, 404, 502, 403, 200], replies.OrderBy(pair => pair.Key).Select(pair => pair.Value.Reply.Status));
        // And the connection goes on.
        await conversation.FastCgi.SendAsync(Request(6, RequestVariables.For("GET", script)));
        Assert.Equal("served", (await RepliesAsync(conversation, 6))[6].Reply.Body);
    }

    [Fact]
    public async Task ABORT_REQUEST_ends_one_request_and_leaves_the_others_alone()
    {
        Witness aborted = Folder.Witness(), other = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($$"""
            case $QUERY_STRING in
                aborted) {{aborted.Appear}}; exec sleep 100 ;;
                other) {{other.Appear}}; {{gate.Pass}} ;;
            esac
            printf 'Content-Type: text/plain\n\nserved'
            """);
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync([.. Request(1, RequestVariables.For("GET", script, query: "aborted")), .. Request(2, RequestVariables.For("GET", script, query: "other"))]);
        await aborted.LineAsync();
        await other.LineAsync();
        await conversation.FastCgi.SendAsync(FastCgiClient.Abort(1));
        Assert.True((await RepliesAsync(conversation, 1))[1].IsComplete);
        await aborted.GoneAsync();
        await gate.OpenAsync();
        Assert.Equal("served", (await RepliesAsync(conversation, 2))[2].Reply.Body);
    }

    [Fact]
    public async Task A_web_server_that_leaves_ends_all_its_scripts()
    {
        Witness[] witnesses = [Folder.Witness(), Folder.Witness(), Folder.Witness()];
        string script = Folder.Shell($$"""
            case $QUERY_STRING in
                0) {{witnesses[0].Appear}} ;;
                1) {{witnesses[1].Appear}} ;;
                2) {{witnesses[2].Appear}} ;;
            esac
            exec sleep 100
            """);
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        for (int id = 0; id < witnesses.Length; id++)
            await conversation.FastCgi.SendAsync(Request(id + 1, RequestVariables.For("GET", script, query: $"{id}")));
        foreach (Witness witness in witnesses)
            await witness.LineAsync();
        conversation.HangUp();
        foreach (Witness witness in witnesses)
            await witness.GoneAsync();
        await conversation.Program.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task More_open_requests_than_there_is_room_for_are_OVERLOADED_and_cost_no_memory()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        byte[] parameters = FastCgiClient.EncodePairs(RequestVariables.For("GET", script));
        await conversation.FastCgi.SendAsync(Enumerable.Range(1, MostRequests).Select(id => FastCgiClient.Begin(id, keepConnection: true)));
        await conversation.FastCgi.SendAsync(FastCgiClient.GetValues("FCGI_MPXS_CONNS"));
        Assert.Equal(FastCgiRecordType.GetValuesResult, (await conversation.FastCgi.ReceiveAsync(Patience.Limit))!.Type);
        long before = conversation.Program.PeakMemory;

        const int Attempts = 20_000;
        Task sending = Task.Run(async () =>
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                int id = MostRequests + 1 + attempt;
                await conversation.FastCgi.SendAsync(FastCgiClient.Begin(id, keepConnection: true), new FastCgiRecord(FastCgiRecordType.Params, id, parameters));
            }
        }, TestContext.Current.CancellationToken);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            FastCgiRecord record = (await conversation.FastCgi.ReceiveAsync(Patience.Limit))!;
            Assert.Equal((FastCgiRecordType.EndRequest, MostRequests + 1 + attempt, Overloaded), (record.Type, record.RequestId, record.Content[4]));
        }
        await sending;
        Assert.InRange(conversation.Program.PeakMemory, 0, before + (2 << 20));

        // One that ends makes room for another.
        await conversation.FastCgi.SendAsync(Request(7, RequestVariables.For("GET", script)).Skip(1));
        Assert.Equal(Complete, (await RepliesAsync(conversation, 7))[7].ProtocolStatus);
        await conversation.FastCgi.SendAsync(Request(30_000, RequestVariables.For("POST", script), "another"u8.ToArray()));
        Assert.Equal("another", (await RepliesAsync(conversation, 30_000))[30_000].Reply.Body);
    }

    [Fact]
    public async Task Unread_bodies_wait_in_files_and_not_in_memory()
    {
        const int Requests = 24, Length = 4_000_000;
        // A gate for each: opening one lets everybody through who waits at it.
        Gate[] gates = [.. Enumerable.Range(0, Requests).Select(_ => Folder.Gate())];
        string script = Folder.Shell("read line <\"$QUERY_STRING\"; printf 'Content-Type: text/plain\\n\\n'; wc -c");
        string quick = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'", "quick.cgi");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.Target).Connect();
        await conversation.FastCgi.SendAsync(Enumerable.Range(1, Requests).SelectMany(id => Request(id, RequestVariables.For("POST", script, query: Path.GetFileName(gates[id - 1].Path)), new byte[Length])));
        await conversation.FastCgi.SendAsync(Request(100, RequestVariables.For("GET", quick)));
        Assert.Equal("served", (await RepliesAsync(conversation, 100))[100].Reply.Body);
        // 96 MB have come in: 256 KiB of each, at most, are in memory.
        Assert.InRange(conversation.Program.PeakMemory, 0, 32 << 20);
        foreach (Gate gate in gates)
            await gate.OpenAsync();
        Dictionary<int, FastCgiReply> replies = await RepliesAsync(conversation, [.. Enumerable.Range(1, Requests)]);
        Assert.All(replies.Values, static reply => Assert.Equal($"{Length}\n", reply.Reply.Body));
    }

    private static IEnumerable<FastCgiRecord> Request(int id, RequestVariables variables, byte[]? body = null, int recordLength = 32768) =>
    [
        FastCgiClient.Begin(id, keepConnection: true),
        .. FastCgiClient.Stream(FastCgiRecordType.Params, id, FastCgiClient.EncodePairs(variables.ForFastCgi(body?.Length ?? 0)), recordLength),
        .. FastCgiClient.Stream(FastCgiRecordType.Stdin, id, body ?? [], recordLength),
    ];

    /// <summary>Reads until each of these requests has ended. Records of others are let go.</summary>
    private static async Task<Dictionary<int, FastCgiReply>> RepliesAsync(Conversation conversation, params int[] ids)
    {
        var records = ids.ToDictionary(id => id, _ => new List<FastCgiRecord>());
        for (int open = ids.Length; open > 0;)
        {
            FastCgiRecord record = await conversation.FastCgi.ReceiveAsync(Patience.Limit) ?? throw new EndOfStreamException("the connection has ended");
            if (!records.TryGetValue(record.RequestId, out List<FastCgiRecord>? own))
                continue;
            own.Add(record);
            if (record.Type == FastCgiRecordType.EndRequest)
                open--;
        }
        return records.ToDictionary(pair => pair.Key, pair => new FastCgiReply { Records = pair.Value, RequestId = pair.Key, WasReset = false });
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
