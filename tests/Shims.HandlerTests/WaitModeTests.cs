namespace Shims.HandlerTests;

/// <summary>A handler on a listening socket: many requests, in any protocol, at once.</summary>
public sealed class WaitModeTests
{
    [Fact]
    public async Task One_process_answers_every_protocol_on_one_socket()
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        var processes = new HashSet<string>();
        foreach (Wire wire in new[] { Wire.Scgi, Wire.FastCgi, Wire.Scgi, Wire.FastCgi })
            processes.Add((await handler.AskAsync(new HandlerRequest(wire, "pid"))).Body);
        Assert.Equal([$"{handler.Program.ProcessId}\n"], processes);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_connection_may_say_nothing_for_a_while(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        using Connection silent = await handler.ConnectAsync();
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        Assert.Equal("late", (await new HandlerRequest(wire, "write late").ExchangeAsync(silent)).Body);
        using Connection healthCheck = await handler.ConnectAsync();
        healthCheck.EndSending();
        Assert.Empty((await healthCheck.ReceiveToEndAsync()).Bytes);
        Assert.Empty(handler.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_handler_that_blocks_stops_no_other(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        string gate = handler.PathTo("gate");
        Task<Response>[] blocked = [.. Enumerable.Range(0, 20).Select(_ => handler.AskAsync(new HandlerRequest(wire, $"wait {gate}", "write done")))];
        Assert.Equal("quick", (await handler.AskAsync(new HandlerRequest(wire, "write quick"))).Body);
        File.WriteAllText(gate, "");
        foreach (Response answer in await Task.WhenAll(blocked))
            Assert.Equal("done", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires)), Trait("fault", "M2")]
    public async Task A_log_that_is_not_read_stops_no_handler(Wire wire)
    {
        using Pipe log = Pipe.Create();
        await using ListeningHandler handler = ListeningHandler.Start(new Launch { Program = HandlerRequest.Program, Error = log.Writer }.WithEnvironment("SHIMS_STDERR=inherit"));
        string line = new('w', 3000);
        // More than the pipe holds, and what waits in the program.
        for (int i = 0; i < 100; i++)
            Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, $"error {line}", $"out {line}", "write hello"))).Body);
        handler.Program.Signal(15);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires)), Trait("fault", "F02")]
    public async Task A_process_whose_handler_goes_on_after_its_client_has_left_serves_on_until_it_ends(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire, "SHIMS_IDLE=1");
        string begun = handler.PathTo("begun"), ended = handler.PathTo("ended"), gate = handler.PathTo("gate");
        using (Connection leaving = await handler.ConnectAsync())
        {
            await leaving.SendAsync(new HandlerRequest(wire, $"mark {begun}", $"child until [ -e {gate} ]; do sleep 0.1; done", $"mark {ended}").Encode());
            await Patience.UntilAsync(() => File.Exists(begun), "the handler has begun");
        }
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        File.WriteAllText(gate, "");
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
        Assert.True(File.Exists(ended));
    }

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires)), Trait("fault", "M1")]
    public async Task A_child_of_a_handler_cannot_look_into_its_program(Wire wire)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to be another user without any right of root's");
        Requires.Tools("setpriv");
        await using ListeningHandler handler = ListeningHandler.Start(new Launch { Program = Tool.PathOf("setpriv"), Arguments = ["--reuid", "65532", "--regid", "65532", "--clear-groups", HandlerRequest.Program] }.WithEnvironment("SHIMS_STDERR=inherit"));
        const string look = "for file in environ mem maps; do ( : < /proc/$PPID/$file ) 2>/dev/null && echo $file open || echo $file closed; done; ls /proc/$PPID/fd >/dev/null 2>&1 && echo fd open || echo fd closed";
        Response answer = await handler.AskAsync(new HandlerRequest(wire, $"child {look}", "write hello"));
        Assert.Equal("hello", answer.Body);
        await Patience.UntilAsync(() => handler.Program.ErrorSoFar.Contains("fd ", StringComparison.Ordinal), "the child's last line");
        Assert.Equal("environ closed\nmem closed\nmaps closed\nfd closed\n", handler.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(Wires.Sharing), MemberType = typeof(Wires)), Trait("fault", "M5")]
    public async Task Clients_that_send_a_small_body_slowly_take_no_thread(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.Start("TEST_THREADS=2");
        var slow = new List<Connection>();
        try
        {
            for (int i = 0; i < 6; i++)
            {
                Connection connection = await handler.ConnectAsync();
                slow.Add(connection);
                await connection.SendAsync(FirstPartOfUpload(wire));
            }
            Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
            Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "md5", "write hello") { Method = "POST", Body = new byte[200_000] })).Body[^5..]);
        }
        finally
        {
            slow.ForEach(static connection => connection.Dispose());
        }
        // Those that went away are forgotten.
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        handler.Program.Signal(15);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, InlineData(Wire.FastCgi), InlineData(Wire.Ajp), Trait("fault", "L11")]
    public async Task However_many_connections_are_kept_a_new_one_is_served(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.Start(new Launch { Program = "/bin/sh", Arguments = ["-c", "ulimit -n 40; exec \"$0\"", HandlerRequest.Program] }
            .WithEnvironment([.. wire.Environment(), "SHIMS_STDERR=inherit"]));
        var kept = new List<Connection>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                kept.Add(await handler.ConnectAsync());
                Assert.Equal($"hello {i}", await new HandlerRequest(wire, $"write hello {i}").ExchangeKeptAsync(kept[^1]));
            }
            Assert.Equal("again", await new HandlerRequest(wire, "write again").ExchangeKeptAsync(kept[^1]));
            Assert.False((await kept[0].ReceiveToEndAsync()).WasReset);
            Assert.DoesNotContain("open files", handler.Program.ErrorSoFar, StringComparison.Ordinal);
        }
        finally
        {
            kept.ForEach(static connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task Requests_beyond_the_number_of_threads_wait_for_one()
    {
        await using ListeningHandler handler = ListeningHandler.Start("TEST_THREADS=2");
        string gate = handler.PathTo("gate");
        Task<Response>[] answers = [.. Enumerable.Range(0, 6).Select(_ => handler.AskAsync(new HandlerRequest(Wire.Scgi, $"wait {gate}", "write done")))];
        File.WriteAllText(gate, "");
        foreach (Response answer in await Task.WhenAll(answers))
            Assert.Equal("done", answer.Body);
    }

    [Fact]
    public async Task Requests_beyond_the_maximum_are_told_to_come_back()
    {
        await using ListeningHandler handler = ListeningHandler.Start("TEST_MAX=1");
        string gate = handler.PathTo("gate"), mark = handler.PathTo("mark");
        Task<Response> first = handler.AskAsync(new HandlerRequest(Wire.Scgi, $"mark {mark}", $"wait {gate}", "write done"));
        await Patience.UntilAsync(() => File.Exists(mark), "the first handler runs");
        Response second = await handler.AskAsync(new HandlerRequest(Wire.Scgi, "write hello"));
        Assert.Equal((503, "1"), (second.Status, second.Header("Retry-After")));
        File.WriteAllText(gate, "");
        Assert.Equal("done", (await first).Body);
    }

    [Fact]
    public async Task Requests_multiplexed_on_one_connection_run_at_once()
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        string gate = handler.PathTo("gate");
        using var client = new FastCgiClient(await handler.ConnectAsync());
        await client.Connection.SendAsync(FastCgiClient.Encode(new HandlerRequest(Wire.FastCgi, $"wait {gate}", "write slow").Variables.ForFastCgi(0), requestId: 1, keepConnection: true));
        await client.Connection.SendAsync(FastCgiClient.Encode(new HandlerRequest(Wire.FastCgi, "write quick").Variables.ForFastCgi(0), requestId: 3, keepConnection: true));
        Assert.Equal("quick", (await client.ReceiveReplyAsync(3)).Reply.Body);
        File.WriteAllText(gate, "");
        Assert.Equal("slow", (await client.ReceiveReplyAsync(1)).Reply.Body);
    }

    [Fact]
    public async Task Multiplexed_requests_to_a_process_for_one_connection_run_one_after_the_other()
    {
        SocketPair pair = SocketPair.Create();
        LaunchedProgram program;
        using (pair.Far)
            program = Launcher.Start(new Launch { Program = HandlerRequest.Program, Input = pair.Far.SafeHandle, Output = pair.Far.SafeHandle });
        await using LaunchedProgram ended = program;
        using var client = new FastCgiClient(new Connection(pair.Near));
        foreach (int id in new[] { 1, 3, 5 })
            await client.Connection.SendAsync(FastCgiClient.Encode(new HandlerRequest(Wire.FastCgi, "flush", $"write {id}").Variables.ForFastCgi(0), requestId: id, keepConnection: id != 5));
        var records = new List<FastCgiRecord>();
        while (await client.ReceiveAsync() is { } record)
            records.Add(record);
        foreach (int id in new[] { 1, 3, 5 })
            Assert.Equal($"{id}", new FastCgiReply { Records = records, RequestId = id, WasReset = false }.Reply.Body);
        Assert.Equal(0, (await program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_handler_is_told_that_the_client_has_gone(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        string mark = handler.PathTo("mark"), told = handler.PathTo("told");
        Task<Response> asking;
        using (Connection connection = await handler.ConnectAsync())
        {
            asking = new HandlerRequest(wire, $"mark {mark}", $"aborted {told}").ExchangeAsync(connection);
            await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
        }
        await Patience.UntilAsync(() => File.Exists(told), "the handler is told");
        await asking.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        Assert.Empty(handler.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task SIGTERM_lets_handlers_finish(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        string mark = handler.PathTo("mark"), gate = handler.PathTo("gate");
        Task<Response> answer = handler.AskAsync(new HandlerRequest(wire, $"mark {mark}", $"wait {gate}", "write finished"));
        await Patience.UntilAsync(() => File.Exists(mark), "the handler runs");
        handler.Program.Signal(15);
        File.WriteAllText(gate, "");
        Assert.Equal("finished", (await answer).Body);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Fact]
    public async Task An_idle_process_ends()
    {
        await using ListeningHandler handler = ListeningHandler.Start("SHIMS_IDLE=1");
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(Wire.Scgi, "write hello"))).Body);
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Fact]
    public async Task A_process_whose_file_has_changed_leaves_the_next_connection_to_its_successor()
    {
        using var folder = new TemporaryFolder();
        string program = folder.PathTo("app");
        // By a program of its own: a file that this process has open for writing, and for an instant all that it starts has, cannot be started (ETXTBSY).
        await Command.RunAsync("cp", [HandlerRequest.Program, program]);
        await using ListeningHandler handler = ListeningHandler.StartProgram(program);
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(Wire.Scgi, "write hello"))).Body);
        await Command.RunAsync("cp", [HandlerRequest.Program, program + ".new"]);
        File.Move(program + ".new", program, overwrite: true);
        // The file is looked at once a second; each further connection may be the one that makes it look.
        await Patience.UntilAsync(() =>
        {
            try
            {
                if (handler.Program.IsRunning)
                    handler.ConnectAsync().GetAwaiter().GetResult().Dispose();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Nobody listens any more.
            }
            return !handler.Program.IsRunning;
        }, "the old process ends");
        Assert.Equal(0, (await handler.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task Output_of_each_request_goes_to_its_own_log(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire);
        Response[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => handler.AskAsync(new HandlerRequest(wire, $"error line {i}", "write x"))));
        for (int i = 0; i < answers.Length; i++)
            await Patience.UntilAsync(() => (wire == Wire.FastCgi ? answers[i].Log : handler.Program.ErrorSoFar).Contains($"line {i}\n"), $"line {i} is in the log");
    }

    [Fact]
    public async Task A_client_of_an_unknown_protocol_gets_an_explanation()
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        using Connection browser = await handler.ConnectAsync();
        await browser.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.Equal(500, ScriptReply.ParseHttp((await browser.ReceiveToEndAsync()).Bytes).Status);
        await Patience.UntilAsync(() => handler.Program.ErrorSoFar.Contains("this is an HTTP request, but test-handler speaks SCGI, FastCGI and uwsgi"), "the log says so");
    }

    /// <summary>A request whose body of 100 bytes ends after three.</summary>
    private static byte[] FirstPartOfUpload(Wire wire)
    {
        var ask = new HandlerRequest(wire, "echo") { Method = "POST", Body = new byte[100] };
        byte[] whole = wire != Wire.FastCgi ? ask.Encode() : FastCgiClient.Encode(ask.Variables, ask.Body);
        // FastCGI: the record of the body is padded to 104 bytes, and an empty one follows. Section 3.3.
        return whole[..^(wire != Wire.FastCgi ? 97 : 8 + 104 - 3)];
    }
}
