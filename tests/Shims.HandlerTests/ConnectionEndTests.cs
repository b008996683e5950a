namespace Shims.HandlerTests;

/// <summary>Wherever a connection to a handler stands still, it ends: by a limit of its own, or when the process has to; and what was accepted is answered.</summary>
public sealed class ConnectionEndTests
{
    /// <summary>Bytes: more than the program and the socket hold.</summary>
    private const int Large = 5_000_000;

    /// <summary>How long the program waits for a byte, and a part of that until it looks.</summary>
    private static readonly TimeSpan s_progressTime = TimeSpan.FromSeconds(75);

    public static TheoryData<Wire, string> WiresAndStandstills => new MatrixTheoryData<Wire, string>([Wire.Scgi, Wire.FastCgi, Wire.Uwsgi, Wire.Ajp], ["half body", "nothing taken", "blocked handler", "nothing sent", "half header"]);

    [Theory, MemberData(nameof(WiresAndStandstills))]
    [Trait("fault", "H9")]
    public async Task After_SIGTERM_the_process_ends_within_its_time(Wire wire, string standstill)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire, "TEST_FINISH=1");
        using Connection connection = await handler.ConnectAsync();
        await ReachAsync(handler, connection, wire, standstill);
        handler.Program.Signal(15);
        LaunchResult result = await handler.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0), (result.ExitCode, result.Signal));
    }

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires))]
    [Trait("fault", "H9")]
    [Trait(TestExtent.Trait, TestExtent.Whole)] // more than a minute
    public async Task A_body_that_does_not_come_ends_the_request_with_a_408_and_the_handler(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        string mark = handler.PathTo("mark");
        using Connection connection = await handler.ConnectAsync();
        await connection.SendAsync(HalfBody(new HandlerRequest(wire, $"mark {mark}", "echo") { Method = "POST" }));
        Received received = await connection.ReceiveToEndAsync(s_progressTime + Patience.Limit);
        Assert.Contains(wire == Wire.Uwsgi ? "HTTP/1.1 408" : "Status: 408", System.Text.Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        // Its thread is free again.
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        handler.Program.Signal(15);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    [Trait("fault", "H9")]
    [Trait(TestExtent.Trait, TestExtent.Whole)] // more than a minute
    public async Task A_response_that_is_not_taken_ends_the_request_and_the_handler(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        using Connection connection = await handler.ConnectAsync();
        await ReachAsync(handler, connection, wire, "nothing taken");
        long start = Environment.TickCount64;
        while (!handler.Program.ErrorSoFar.Contains("read nothing of the response", StringComparison.Ordinal))
        {
            Assert.True(Environment.TickCount64 - start < (s_progressTime + Patience.Limit).TotalMilliseconds, "it waits for ever");
            await Task.Delay(100);
        }
        handler.Program.Signal(15);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    [Trait("fault", "N1")]
    public async Task A_connection_on_which_nothing_has_come_is_answered_after_SIGTERM(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        using Connection fresh = await handler.ConnectAsync();
        string mark = handler.PathTo("mark"), gate = handler.PathTo("gate");
        // One that is in flight shows when the signal has been seen: then its connection is not kept any more.
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        Task<Response> inFlight = handler.AskAsync(new HandlerRequest(wire, $"mark {mark}", $"wait {gate}", "write finished"));
        await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
        handler.Program.Signal(15);
        Assert.Equal("late", (await new HandlerRequest(wire, "write late").ExchangeAsync(fresh)).Body);
        File.WriteAllText(gate, "");
        Assert.Equal("finished", (await inFlight).Body);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires))]
    [Trait("fault", "N2")]
    public async Task A_web_server_that_sends_no_more_gets_the_whole_response(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        for (int size = 180_000; size <= 300_000; size += TestExtent.Of(20_000, 4_000))
        {
            using Connection connection = await handler.ConnectAsync();
            await connection.SendAsync(Encode(new HandlerRequest(wire, $"fill {size}"), default));
            connection.EndSending();
            await Patience.UntilAsync(() => connection.Socket.Available > 100_000, "an answer that fills the connection");
            byte[] output = wire != Wire.FastCgi
                ? UwsgiClient.ToCgi((await connection.ReceiveToEndAsync()).Bytes, isUwsgi: wire == Wire.Uwsgi)
                : (await new FastCgiClient(connection).ReceiveReplyAsync(limit: Patience.Limit)) is { IsComplete: true } reply ? reply.Output : [];
            Assert.Equal(size, ScriptReply.Parse(output).BodyBytes.Length);
        }
    }

    private static async Task ReachAsync(ListeningHandler handler, Connection connection, Wire wire, string standstill)
    {
        string mark = handler.PathTo("mark");
        switch (standstill)
        {
            case "half header":
                await connection.SendAsync(Encode(new HandlerRequest(wire, "write x"), default).AsMemory(0, 5));
                break;
            case "half body" when wire == Wire.Ajp:
                await new HandlerRequest(wire, $"mark {mark}", "echo") { Method = "POST", Body = new byte[200_000] }.SendPartsAsync(connection, 12);
                await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
                break;
            case "half body":
                await connection.SendAsync(HalfBody(new HandlerRequest(wire, $"mark {mark}", "echo") { Method = "POST" }));
                await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
                break;
            case "nothing taken":
                await connection.SendAsync(Encode(new HandlerRequest(wire, $"fill {Large}"), default));
                await Patience.UntilAsync(() => connection.Socket.Available > 100_000, "an answer that fills the connection");
                break;
            case "blocked handler":
                await connection.SendAsync(Encode(new HandlerRequest(wire, $"mark {mark}", $"wait {handler.PathTo("never")}"), default));
                await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
                break;
        }
        // Whoever has connected before has been taken before.
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
    }

    /// <summary>Half of a body of 200,000 bytes: a handler starts when a small body is there, or 64 KiB of a large one.</summary>
    private static byte[] HalfBody(HandlerRequest ask) => ask.Wire != Wire.FastCgi
        ? Encode(ask, new byte[200_000])[..^100_000]
        : [.. Encode(ask with { With = [("CONTENT_LENGTH", "200000")] }, default)[..^8], .. HalfBodyRecord, .. HalfBodyRecord];

    private static byte[] HalfBodyRecord => new FastCgiRecord(FastCgiRecordType.Stdin, 1, new byte[50_000]).ToBytes();

    private static byte[] Encode(HandlerRequest ask, ReadOnlySpan<byte> body) => ask.Wire != Wire.FastCgi
        ? ask.EncodeWith(body)
        : [.. new[] { FastCgiClient.Begin() }
            .Concat(FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(ask.Variables)))
            .Concat(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body.ToArray()))
            .SelectMany(record => record.ToBytes())];
}
