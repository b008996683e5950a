namespace Shims.ProgramTests;

/// <summary>fcgi-run as an application of the FastCGI specification, 1.0: Responder, one request at a time.</summary>
public sealed class FastCgiProtocolTests : ProgramTest
{
    private const int Complete = 0, UnknownRole = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public async Task A_request_may_come_in_pieces_of_any_length(int length)
    {
        string script = Folder.EchoScript();
        byte[] request = FastCgiClient.Encode(new RequestVariables { { "REQUEST_METHOD", "POST" }, { "HTTP_X_LONG", new string('x', 200) } }, "the body"u8.ToArray());
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        // The shim may look at the beginning of a record and leave it where it is, so nothing says when a piece has been seen.
        for (int at = 0; at < request.Length; at += length)
        {
            await conversation.Connection.SendAsync(request.AsMemory(at..Math.Min(at + length, request.Length)));
            await Task.Yield();
        }
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == "the body", answer.ToString());
    }

    [Fact]
    public async Task A_request_without_parameters_is_told_that_it_has_none()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.MarkingScript()).Connect();
        await conversation.FastCgi.SendAsync([FastCgiClient.Begin(), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, default), .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, default)]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Status: 400 }, answer.ToString());
        Assert.Contains("the request has no parameters: configure the web server to send them (nginx: include fastcgi_params)", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(17)]
    public async Task Pairs_and_even_their_lengths_may_straddle_records(int recordLength)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).With("HTTP_X_LONG", new string('x', 300)).With("HTTP_" + new string('N', 200), "value");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(FastCgiClient.Encode(variables, recordLength: recordLength));
        ILookup<string, string> environment = EnvironmentOf(answer);
        Assert.Equal([new string('x', 300)], environment["HTTP_X_LONG"]);
        Assert.Equal(["value"], environment["HTTP_" + new string('N', 200)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(255)]
    public async Task Padding_is_skipped_on_every_record_even_on_empty_ones(byte padding)
    {
        string script = Folder.EchoScript();
        byte[] parameters = FastCgiClient.EncodePairs(new RequestVariables { { "REQUEST_METHOD", "POST" }, { "CONTENT_LENGTH", "4" } });
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        IEnumerable<FastCgiRecord> records =
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, parameters),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, "body"u8.ToArray()),
        ];
        await conversation.FastCgi.SendAsync(records.Select(record => record with { PaddingLength = padding }));
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == "body", answer.ToString());
    }

    [Fact]
    public async Task The_largest_record_with_the_largest_padding_is_read_in_full()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; sha1sum");
        byte[] body = new byte[FastCgiRecord.MaxContent * 2];
        new Random(1).NextBytes(body);
        RequestVariables variables = RequestVariables.For("POST", script).ForFastCgi(body.Length);
        variables.Add("HTTP_X", new string('x', FastCgiRecord.MaxContent - FastCgiClient.EncodePairs(variables).Length - 11));
        byte[] parameters = FastCgiClient.EncodePairs(variables);
        Assert.Equal(FastCgiRecord.MaxContent, parameters.Length);

        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        IEnumerable<FastCgiRecord> records =
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, parameters, FastCgiRecord.MaxContent),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body, FastCgiRecord.MaxContent),
        ];
        await conversation.FastCgi.SendAsync(records.Select(record => record with { PaddingLength = 255 }));
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(body)), StringComparison.Ordinal), answer.ToString());
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(99_000)]
    [InlineData(65_528)]
    [InlineData(8_184)]
    public async Task Responses_are_cut_into_sound_records_padded_to_a_multiple_of_8_with_zeros(int length)
    {
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\n'; echo warning >&2; head -c {length} /dev/zero | tr '\\000' x; exit 3");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(length, answer.Body.Length);
        Assert.Equal(3u, answer.Records!.ApplicationStatus);
        Assert.Equal(Complete, answer.Records.ProtocolStatus);
        foreach (FastCgiRecord record in answer.Records.Records)
        {
            Assert.Equal((1, 1, 0), (record.Version, record.RequestId, record.Reserved));
            Assert.Contains(record.Type, (FastCgiRecordType[])[FastCgiRecordType.Stdout, FastCgiRecordType.Stderr, FastCgiRecordType.EndRequest]);
            Assert.Equal(0, (FastCgiRecord.HeaderSize + record.Content.Length + record.PaddingLength) % 8);
            Assert.InRange(record.PaddingLength, 0, 7);
            Assert.All(record.Padding, static value => Assert.Equal(0, value));
        }
        // Streams are ended once, and END_REQUEST is the last word: 8 bytes, of which the last three are reserved.
        Assert.Single(answer.Records.Records, record => record is { Type: FastCgiRecordType.Stdout, Content.Length: 0 });
        Assert.InRange(answer.Records.Records.Count(record => record is { Type: FastCgiRecordType.Stderr, Content.Length: 0 }), 0, 1);
        FastCgiRecord end = answer.Records.Records[^1];
        Assert.Equal((FastCgiRecordType.EndRequest, 8), (end.Type, end.Content.Length));
        Assert.Equal([0, 0, 0], end.Content[5..]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_connection_that_is_kept_serves_several_requests_one_after_the_other(bool waits)
    {
        string script = Folder.EchoScript();
        var invocation = new Invocation(RunModeUnderTest.FastCgi, script);
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        foreach (int id in (int[])[1, 3, 5, 1, 1, 65535])
        {
            byte[] body = new byte[id];
            FastCgiReply reply = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), body, id, keepConnection: true, limit: Patience.Limit);
            Assert.True(reply.IsComplete);
            Assert.Equal(id, reply.Reply.BodyBytes.Length);
            Assert.All(reply.Records, record => Assert.Equal(id, record.RequestId));
        }
        // The last one does not keep it.
        FastCgiReply last = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), "last"u8.ToArray(), limit: Patience.Limit);
        Assert.Equal("last", last.Reply.Body);
        Assert.Null(await conversation.FastCgi.ReceiveAsync(Patience.Limit));
        if (!waits)
            Assert.Equal(0, (await conversation.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Fact]
    public async Task A_kept_connection_that_the_server_closes_ends_the_program_in_silence()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit);
        conversation.HangUp();
        LaunchResult result = await conversation.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Error_pages_keep_a_kept_connection()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.Target).Connect();
        FastCgiReply missing = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", Folder.PathTo("missing.cgi")), new byte[100_000], keepConnection: true, limit: Patience.Limit);
        Assert.Equal(404, missing.Reply.Status);
        FastCgiReply found = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), "found"u8.ToArray(), keepConnection: true, limit: Patience.Limit);
        Assert.Equal("found", found.Reply.Body);
    }

    [Fact]
    public async Task GET_VALUES_is_answered_at_once_in_one_piece_and_the_connection_kept()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(FastCgiClient.GetValues("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", "FCGI_UNKNOWN"));
        byte[] buffer = new byte[4096];
        using var patience = new CancellationTokenSource(Patience.Limit);
        int count = await conversation.Connection.Socket.ReceiveAsync(buffer, patience.Token);
        FastCgiRecord record = FastCgiRecord.Read(buffer.AsSpan(0, count), out int size)!;
        Assert.Equal(count, size);
        Assert.Equal((FastCgiRecordType.GetValuesResult, 0), (record.Type, record.RequestId));
        IReadOnlyDictionary<string, string> values = FastCgiClient.DecodePairs(record.Content);
        Assert.Equal(["FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"], values.Keys.Order(StringComparer.Ordinal));
        Assert.All(values.Values, static value => Assert.Matches("^[0-9]+$", value));

        FastCgiReply reply = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), "still there"u8.ToArray(), limit: Patience.Limit);
        Assert.Equal("still there", reply.Reply.Body);
    }

    [Fact]
    public async Task A_name_that_is_asked_for_a_thousand_times_is_answered_once()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Connect();
        await conversation.FastCgi.SendAsync(FastCgiClient.GetValues([.. Enumerable.Repeat("FCGI_MAX_CONNS", 1000)]));
        FastCgiRecord? record = await conversation.FastCgi.ReceiveAsync(Patience.Limit);
        Assert.Equal(["FCGI_MAX_CONNS"], FastCgiClient.DecodePairs(record!.Content).Keys);
    }

    [Fact]
    public async Task Management_records_may_come_in_the_middle_of_a_request()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        FastCgiRecord[] request =
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script).ForFastCgi(8)), 50),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, "the body"u8.ToArray(), 3),
        ];
        int answers = 0;
        foreach (FastCgiRecord record in request[..^1])
        {
            await conversation.FastCgi.SendAsync(record, FastCgiClient.GetValues("FCGI_MAX_REQS"), new FastCgiRecord((FastCgiRecordType)77, 0, [1, 2, 3, 4, 5, 6, 7, 8]));
            answers += 2;
        }
        await conversation.FastCgi.SendAsync(request[^1]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == "the body", answer.ToString());
        Assert.Equal(answers, answer.Records!.Records.Count(record => record.Type is FastCgiRecordType.GetValuesResult or FastCgiRecordType.UnknownType));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(77)]
    [InlineData(255)]
    [InlineData(0)]
    public async Task An_unknown_management_record_is_answered_as_such(byte type)
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(new FastCgiRecord((FastCgiRecordType)type, 0, new byte[100]) { PaddingLength = 4 });
        FastCgiRecord? record = await conversation.FastCgi.ReceiveAsync(Patience.Limit);
        Assert.Equal((FastCgiRecordType.UnknownType, 0), (record!.Type, record.RequestId));
        Assert.Equal([type, 0, 0, 0, 0, 0, 0, 0], record.Content);
        Assert.Equal("ok", (await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), "ok"u8.ToArray(), limit: Patience.Limit)).Reply.Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(99)]
    [InlineData(65535)]
    public async Task An_unknown_role_is_refused_and_a_kept_connection_goes_on(int role)
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        FastCgiReply reply = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), new byte[100], role: role, keepConnection: true, limit: Patience.Limit);
        Assert.True(reply.IsComplete);
        Assert.Equal(UnknownRole, reply.ProtocolStatus);
        Assert.False(Folder.HasRun);
        Assert.Equal("ran", (await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), limit: Patience.Limit)).Reply.Body);
        Assert.Null(await conversation.FastCgi.ReceiveAsync(Patience.Limit));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task ABORT_REQUEST_ends_the_script_and_the_request(bool waits)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] && {{ printf 'Content-Type: text/plain\\n\\nnext'; exit; }}; {witness.Appear}; sleep 100 & wait");
        var invocation = new Invocation(RunModeUnderTest.FastCgi, script);
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(keepConnection: true),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("GET", script, query: "wait"))),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, ReadOnlyMemory<byte>.Empty),
        ]);
        await witness.LineAsync();
        await conversation.FastCgi.SendAsync(FastCgiClient.Abort());
        FastCgiReply reply = await conversation.FastCgi.ReceiveReplyAsync(limit: Patience.Limit);
        Assert.True(reply.IsComplete);
        Assert.Equal(Complete, reply.ProtocolStatus);
        await witness.GoneAsync();
        Assert.Equal("next", (await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), limit: Patience.Limit)).Reply.Body);
    }

    [Fact]
    public async Task ABORT_REQUEST_before_the_script_has_begun_ends_the_request()
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(FastCgiClient.Begin(), FastCgiClient.Abort());
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Records!.IsComplete, answer.ToString());
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task Records_of_a_request_that_does_not_exist_are_ignored()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(FastCgiClient.Abort(7), new FastCgiRecord(FastCgiRecordType.Stdin, 7, [1, 2, 3]), new FastCgiRecord(FastCgiRecordType.Params, 9, [1, 2, 3]));
        Assert.Equal("ok", (await conversation.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), "ok"u8.ToArray(), limit: Patience.Limit)).Reply.Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public async Task A_record_of_another_version_ends_the_connection_and_runs_nothing(byte version)
    {
        string script = Folder.MarkingScript();
        foreach (int spoilt in (int[])[0, 1, 2])
        {
            FastCgiRecord[] records =
            [
                FastCgiClient.Begin(),
                .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("GET", script))),
            ];
            records[spoilt] = records[spoilt] with { Version = version };
            await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
            await conversation.TrySendAsync(records.SelectMany(record => record.ToBytes()).ToArray());
            LaunchResult result = (await conversation.FinishRawAsync()).Result;
            Assert.True(result.ExitCode == 76, $"{spoilt}: {result.ExitCode}, {result.ErrorText}");
            Assert.Single(result.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.False(Folder.HasRun);
    }

    /// <summary>A BEGIN_REQUEST and what is wrong with it.</summary>
    public static TheoryData<string, byte[]> BadBegins => new()
    {
        { "body of 7", [1, 1, 0, 1, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] },
        { "body of 9", [1, 1, 0, 1, 0, 9, 7, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "no body", [1, 1, 0, 1, 0, 0, 0, 0] },
        { "twice", [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] },
    };

    [Theory, MemberData(nameof(BadBegins))]
    public async Task A_malformed_BEGIN_REQUEST_is_a_protocol_error(string what, byte[] bytes)
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.TrySendAsync(bytes);
        LaunchResult result = (await conversation.FinishRawAsync()).Result;
        Assert.True(result.ExitCode == 76, $"{what}: {result.ExitCode}, {result.ErrorText}");
        Assert.False(Folder.HasRun);
    }

    /// <summary>Parameters that cannot be.</summary>
    public static TheoryData<string, byte[]> BadParameters => new()
    {
        { "name of 0x7fffffff", [0xFF, 0xFF, 0xFF, 0xFF, 1, 65, 66, 67] },
        { "value of 0x7fffffff", [1, 0xFF, 0xFF, 0xFF, 0xFF, 65, 66, 67] },
        { "both of 0x7fffffff", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65, 65, 65, 65, 65, 65, 65, 65] },
        { "name beyond the end", [20, 0, 65, 66] },
        { "value beyond the end", [1, 20, 65, 66] },
        { "length cut short", [0x80, 0, 0] },
        { "lone name length", [1] },
        { "empty name", [0, 1, 65] },
    };

    [Theory, MemberData(nameof(BadParameters))]
    public async Task Malformed_parameters_get_a_400_and_run_nothing(string what, byte[] parameters)
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, parameters),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, ReadOnlyMemory<byte>.Empty),
        ]);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Status: 400, LogLines.Count: 1 } && answer.Records!.IsComplete, $"{what}: {answer}");
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task Parameters_longer_than_allowed_get_a_400()
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        RequestVariables variables = RequestVariables.For("GET", script).With("HTTP_X", new string('x', 300_000));
        await conversation.TrySendAsync(FastCgiClient.Begin().ToBytes());
        foreach (FastCgiRecord record in FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables)).Concat(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, ReadOnlyMemory<byte>.Empty)))
            await conversation.TrySendAsync(record.ToBytes());
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Status: 400 or 413, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("--max-header", answer.Log, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory, InlineData(FastCgiRecordType.Params), InlineData(FastCgiRecordType.Stdin)]
    public async Task A_stream_that_is_ended_twice_disturbs_nothing_else(FastCgiRecordType type)
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.FastCgi.SendAsync(FastCgiClient.Begin());
        await conversation.FastCgi.SendAsync(FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(RequestVariables.For("POST", script).ForFastCgi(2))));
        if (type == FastCgiRecordType.Params)
            await conversation.TrySendAsync(new FastCgiRecord(type, 1, []).ToBytes());
        foreach (FastCgiRecord record in FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, "ok"u8.ToArray()))
            await conversation.TrySendAsync(record.ToBytes());
        if (type == FastCgiRecordType.Stdin)
            await conversation.TrySendAsync(new FastCgiRecord(type, 1, []).ToBytes());
        await conversation.Connection.ReceiveToEndAsync();
        Assert.Equal("ok", (await program.AskAsync(RequestVariables.For("POST", script), "ok"u8.ToArray())).Body);
    }

    [Fact]
    public async Task Twenty_thousand_records_of_one_byte_cost_no_memory()
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        Assert.Equal(20_000, (await program.AskAsync(RequestVariables.For("POST", script), new byte[20_000])).Reply.BodyBytes.Length);
        long before = program.Program.PeakMemory;

        await using Conversation conversation = await program.ConnectAsync();
        byte[] body = new byte[20_000];
        byte[] request = FastCgiClient.Encode(RequestVariables.For("POST", script), body, recordLength: 1);
        Task sending = conversation.Connection.SendAsync(request);
        Response answer = await conversation.FinishAsync();
        await sending;
        Assert.Equal(20_000, answer.Reply.BodyBytes.Length);
        Assert.InRange(program.Program.PeakMemory - before, 0, 2 << 20);
    }

    [Fact]
    public async Task Every_truncation_of_a_request_ends_the_program_and_runs_nothing()
    {
        string script = Folder.MarkingScript();
        byte[] whole = FastCgiClient.Encode(new RequestVariables { { "REQUEST_METHOD", "GET" }, { "HTTP_COOKIE", "hunter2" } });
        // Without the empty PARAMS and STDIN records at the end, so that it is never a request.
        await Parallel.ForEachAsync(Enumerable.Range(1, whole.Length - 17), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (length, _) =>
        {
            await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
            await conversation.TrySendAsync(whole.AsMemory(0, length));
            conversation.Connection.EndSending();
            LaunchResult result = (await conversation.FinishRawAsync()).Result;
            Assert.True(result.ExitCode == 76, $"cut after {length}: exit {result.ExitCode}, {result.ErrorText}");
            Assert.Single(result.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.DoesNotContain("hunter2", result.ErrorText, StringComparison.Ordinal);
        });
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task The_application_status_is_the_scripts_exit_code()
    {
        foreach (int code in (int[])[0, 1, 77, 255])
        {
            string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nbody'; exit {code}");
            Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script));
            Assert.Equal((uint)code, answer.Records!.ApplicationStatus);
            Assert.Equal(0, answer.ExitCode);
        }
    }
}
