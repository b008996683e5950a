using System.Diagnostics;
using System.Text;

namespace Shims.ProgramTests;

/// <summary>
/// Faults that were found in other gateways, each put to our programs. The ids are those of the field study; a test says what
/// is right, and its comment what went wrong elsewhere.
/// </summary>
public sealed class FieldFaultTests : ProgramTest
{
    // B1, B38, B40: the whole body is written before any output is read.
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task B1_B38_B40_An_echo_of_five_megabytes_is_answered(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), new byte[5_000_000]);
        Assert.True(answer is { BrokeOff: false } && answer.Reply.BodyBytes.Length == 5_000_000, answer.ToString());
    }

    // B2, B39: the answer of a script that does not read its input is lost, always or one time in sixty.
    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task B2_B39_An_early_response_is_never_lost(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Status: 413 Too Large\\nContent-Type: text/plain\\n\\nno'");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        for (int i = 0; i < 100; i++)
        {
            Response answer = await program.AskAsync(RequestVariables.For("POST", script), new byte[i % 2 == 0 ? 200 : 200_000]);
            Assert.True(answer is { Status: 413, Body: "no", BrokeOff: false }, $"{i}: {answer}");
        }
    }

    // B3: a lone CR in a header became CR LF, and so a second header.
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task B3_A_lone_CR_in_a_header_never_becomes_a_line_end(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\nX: a\\rSet-Cookie: evil\\n\\nbody'");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Status == 502 && answer.Header("Set-Cookie") is null, answer.ToString());
    }

    // B4, B5, B42, B46: nothing is killed when the request is over.
    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task B4_B5_B42_B46_Nothing_of_a_script_outlives_its_client(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; (sleep 100; true) & (trap '' TERM HUP; sleep 100; sleep 100) & wait");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await witness.GoneAsync();
    }

    // B6: the connection is inherited as a further descriptor.
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task B6_A_child_that_lives_on_does_not_hold_the_connection(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nbody'; (exec </dev/null >/dev/null 2>&1; {witness.Appear}; {gate.Pass}) &");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        // Not for ever means: before the child ends, which is when we let it.
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "body", answer.ToString());
        await gate.OpenAsync();
    }

    // B7: a crash in the middle is reported as complete.
    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task B7_A_crash_in_the_middle_is_never_called_complete(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c 200000 /dev/zero; kill -KILL $$");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff && answer.Records is null or { IsComplete: false }, answer.ToString());
    }

    // B8: SIGTERM cuts the reply and calls it complete.
    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task B8_SIGTERM_during_a_response_does_not_cut_it(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\n'; {witness.Appear}; head -c 300000 /dev/zero; {gate.Pass}; head -c 300000 /dev/zero");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Task<Response> asking = program.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        program.Program.Signal(15);
        await gate.OpenAsync();
        Response answer = await asking;
        Assert.True(answer is { BrokeOff: false } && answer.Reply.BodyBytes.Length == 600_000, answer.ToString());
    }

    // B10: a kept connection holds the worker, and the next client hangs.
    [Fact]
    public async Task B10_A_kept_connection_holds_no_other_request_up()
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation kept = await program.ConnectAsync();
        await kept.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit);
        Assert.Equal("next", (await program.AskAsync(RequestVariables.For("POST", script), "next"u8.ToArray())).Body);
    }

    // B11: one silent connection delays the next request by two seconds.
    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task B11_A_silent_connection_costs_the_next_one_nothing(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await program.AskAsync(RequestVariables.For("GET", script));
        await using Conversation silent = await program.ConnectAsync();
        var clock = Stopwatch.StartNew();
        await program.AskAsync(RequestVariables.For("GET", script));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1.5);
    }

    // B12: the end waits for everybody who holds standard error.
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task B12_A_background_child_with_standard_error_does_not_delay_the_end(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nbody'; (exec >/dev/null; {gate.Pass}) &");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "body", BrokeOff: false }, answer.ToString());
        await gate.OpenAsync();
    }

    // B14, B30: a missing script is a 403, a directory too, one that is not executable a 502; or everything is a 502.
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task B14_B30_Each_reason_has_its_status(RunModeUnderTest mode)
    {
        var invocation = new Invocation(mode, Folder.Target);
        Assert.Equal(404, (await invocation.AskAsync(RequestVariables.For("GET", Folder.PathTo("missing.cgi")))).Status);
        string locked = Folder.MarkingScript("locked.cgi");
        File.SetUnixFileMode(locked, UnixFileMode.UserRead);
        Assert.Equal(403, (await invocation.AskAsync(RequestVariables.For("GET", locked))).Status);
        string broken = Folder.Script("broken.cgi", "#!/no/such/interpreter\n");
        Assert.Equal(500, (await invocation.AskAsync(RequestVariables.For("GET", broken))).Status);
    }

    // B15: HTTP_PROXY is passed. B16: so is the whole environment of the service.
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task B15_B16_Neither_HTTP_PROXY_nor_the_services_secrets_reach_a_script(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        Response answer = await new Invocation(mode, script) { Environment = ["API_TOKEN=hunter2"] }.AskAsync(RequestVariables.For("GET", script).With("HTTP_PROXY", "http://evil.test/"));
        string environment = Encoding.Latin1.GetString(answer.Reply.BodyBytes);
        Assert.DoesNotContain("hunter2", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.test", environment, StringComparison.Ordinal);
    }

    // B17: -c 0 starts nothing and waits for ever.
    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task B17_Max_0_means_unlimited(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        Response answer = await new Invocation(mode, script) { Options = ["--max", "0"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.ExitCode == 64 || answer.Body == "served", answer.ToString());
    }

    // B18: GET_VALUES is answered only when more bytes come.
    [Fact]
    public async Task B18_GET_VALUES_alone_is_answered()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Connect();
        await conversation.FastCgi.SendAsync(FastCgiClient.GetValues("FCGI_MAX_REQS", "FCGI_MPXS_CONNS"));
        FastCgiRecord? record = await conversation.FastCgi.ReceiveAsync(Patience.Limit);
        Assert.Equal(["FCGI_MAX_REQS", "FCGI_MPXS_CONNS"], FastCgiClient.DecodePairs(record!.Content).Keys.Order(StringComparer.Ordinal));
    }

    // B20: the body of an unknown management record is taken for parameters.
    [Fact]
    public async Task B20_An_unknown_management_record_leaves_an_open_request_alone()
    {
        string script = Folder.EnvironmentScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        byte[] parameters = FastCgiClient.EncodePairs(RequestVariables.For("GET", script).With("HTTP_X", "intact"));
        await conversation.FastCgi.SendAsync(
            FastCgiClient.Begin(), new FastCgiRecord(FastCgiRecordType.Params, 1, parameters[..30]),
            new FastCgiRecord((FastCgiRecordType)99, 0, [4, 4, .. "EVILEVIL"u8]),
            new FastCgiRecord(FastCgiRecordType.Params, 1, parameters[30..]), new FastCgiRecord(FastCgiRecordType.Params, 1, []), new FastCgiRecord(FastCgiRecordType.Stdin, 1, []));
        ILookup<string, string> environment = EnvironmentOf(await conversation.FinishAsync());
        Assert.Equal(["intact"], environment["HTTP_X"]);
        Assert.Empty(environment["EVIL"]);
    }

    // B21: an unknown role is answered by closing.
    [Fact]
    public async Task B21_An_unknown_role_gets_END_REQUEST()
    {
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, Folder.EchoScript()).Connect();
        FastCgiReply reply = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", "/x"), role: 42, limit: Patience.Limit);
        Assert.Equal(3, reply.ProtocolStatus);
    }

    // B23: a pair that is split over two PARAMS records is lost.
    [Fact]
    public async Task B23_A_pair_that_is_split_over_two_records_arrives()
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).With("HTTP_X", new string('x', 200)).With("HTTP_Y", "after");
        byte[] parameters = FastCgiClient.EncodePairs(variables);
        for (int cut = parameters.Length - 225; cut < parameters.Length; cut += 7)
        {
            await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
            await conversation.FastCgi.SendAsync(
                FastCgiClient.Begin(), new FastCgiRecord(FastCgiRecordType.Params, 1, parameters[..cut]), new FastCgiRecord(FastCgiRecordType.Params, 1, parameters[cut..]),
                new FastCgiRecord(FastCgiRecordType.Params, 1, []), new FastCgiRecord(FastCgiRecordType.Stdin, 1, []));
            ILookup<string, string> environment = EnvironmentOf(await conversation.FinishAsync());
            Assert.Equal([new string('x', 200)], environment["HTTP_X"]);
            Assert.Equal(["after"], environment["HTTP_Y"]);
        }
    }

    // B25: ABORT, GET_VALUES, unknown types, the role and KEEP_CONN are ignored.
    [Fact]
    public async Task B25_KEEP_CONN_is_heeded_both_ways()
    {
        string script = Folder.EchoScript();
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        Assert.True((await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: true, limit: Patience.Limit)).IsComplete);
        Assert.True((await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), keepConnection: false, limit: Patience.Limit)).IsComplete);
        Assert.Null(await conversation.FastCgi.ReceiveAsync(Patience.Limit));
    }

    // B26: after the time-out the script lives on, and there is no 504.
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task B26_After_the_time_out_there_is_a_504_and_no_script(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; sleep 100");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout", "1"] }.AskAsync(RequestVariables.For("GET", script));
        await witness.GoneAsync();
        Assert.True(answer.Status == 504, answer.ToString());
    }

    // B27: reads that end exactly at the end of the buffer are taken for a closed connection.
    [Theory]
    [InlineData(65_535), InlineData(65_536), InlineData(65_537)]
    [InlineData(32_767), InlineData(32_768), InlineData(131_072)]
    public async Task B27_A_request_that_fills_a_buffer_exactly_is_complete(int length)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; wc -c");
        RequestVariables variables = RequestVariables.For("POST", script);
        int overhead = FastCgiClient.Encode(variables, new byte[length]).Length - length;
        for (int surplus = -4; surplus <= 4; surplus++)
        {
            int body = length - overhead + surplus;
            Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(variables, new byte[body]);
            Assert.True(answer.Body.Trim() == body.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.ToString());
        }
    }

    // B31: the child has no PATH.
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task B31_A_script_has_a_PATH(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$(date +%Y)\"");
        Response answer = await new Invocation(mode, script) { Adjust = static launch => launch with { Environment = [] } }.AskAsync(RequestVariables.For("GET", script));
        Assert.Matches("^[0-9]{4}$", answer.Body);
    }

    // B34: CONTENT_LENGTH=5 with 20 bytes waiting passes 20 on; without CONTENT_LENGTH 0.
    [Theory, InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.Relay)]
    public async Task B34_Not_a_byte_more_than_CONTENT_LENGTH_reaches_the_script(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; wc -c");
        byte[] request = ScgiClient.Encode(RequestVariables.For("POST", script), "12345"u8);
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.TrySendAsync((byte[])[.. request, .. "surplus of bytes"u8]);
        Received received = await conversation.Connection.ReceiveToEndAsync();
        Assert.Equal("5", received.Reply.Body.Trim());
    }

    // B37: an end within the netstring's length makes it spin for ever.
    [Theory, InlineData("7"), InlineData("70"), InlineData("1234567")]
    public async Task B37_An_end_within_the_length_of_the_netstring_is_an_end(string start)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Supervise, RunModeUnderTest.Relay])
        {
            Response answer = await new Invocation(mode, Folder.MarkingScript()).AskAsync(Encoding.ASCII.GetBytes(start));
            Assert.True(answer is { Status: 400, ExitCode: 76 }, answer.ToString());
        }
    }

    // B43: X-Foo becomes X_FOO; repeated headers give repeated names.
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task B43_No_name_occurs_twice_in_an_environment(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in (string[])["HTTP_X", "HTTP_X", "HTTPS", "HTTPS", "REMOTE_ADDR", "GATEWAY_INTERFACE", "GATEWAY_INTERFACE", "REQUEST_METHOD"])
            variables.Add(name, "GET");
        foreach (IGrouping<string, string> variable in EnvironmentOf(await new Invocation(mode, script).AskAsync(variables)))
            Assert.True(variable.Count() == 1, variable.Key);
    }

    // B44: requests are known by their id alone, so that two connections with id 1 overwrite each other.
    [Fact]
    public async Task B44_The_same_request_id_on_two_connections_is_two_requests()
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation one = await program.ConnectAsync(), two = await program.ConnectAsync();
        byte[] first = FastCgiClient.Encode(RequestVariables.For("POST", script), "first"u8.ToArray()), second = FastCgiClient.Encode(RequestVariables.For("POST", script), "second"u8.ToArray());
        for (int at = 0; at < Math.Max(first.Length, second.Length); at += 50)
        {
            if (at < first.Length)
                await one.Connection.SendAsync(first.AsMemory(at..Math.Min(at + 50, first.Length)));
            if (at < second.Length)
                await two.Connection.SendAsync(second.AsMemory(at..Math.Min(at + 50, second.Length)));
        }
        Assert.Equal("first", (await one.FinishAsync()).Body);
        Assert.Equal("second", (await two.FinishAsync()).Body);
    }

    // B45: END_REQUEST of 6 bytes; an HTTP status line instead of Status.
    [Fact]
    public async Task B45_END_REQUEST_has_8_bytes_and_error_pages_have_a_Status()
    {
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, Folder.Target).AskAsync(RequestVariables.For("GET", Folder.PathTo("missing.cgi")));
        Assert.Equal(8, answer.Records!.Records.Single(record => record.Type == FastCgiRecordType.EndRequest).Content.Length);
        Assert.StartsWith("Status: 404 Not Found", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
    }
}
