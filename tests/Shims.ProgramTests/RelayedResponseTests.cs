using System.Text;

namespace Shims.ProgramTests;

/// <summary>What a relaying shim makes of a script's answer: repaired where servers differ, refused where it is none.</summary>
public sealed class RelayedResponseTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_good_response_comes_through_unchanged(RunModeUnderTest mode)
    {
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/html\\nX-A: 1\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\n\\n<p>\\000\\377'");
        Assert.Equal(["1"], answer.Reply.HeaderValues("X-A"));
        Assert.Equal(["a=1", "b=2"], answer.Reply.HeaderValues("Set-Cookie"));
        Assert.Equal([.. "<p>"u8, 0, 0xFF], answer.Reply.BodyBytes);
        Assert.True(answer is { Status: 200, ExitCode: 0, BrokeOff: false, Log: "" }, answer.ToString());
    }

    [Theory]
    [InlineData("Location: http://example.test/x\\n\\n")]
    [InlineData("Location: /local\\n\\n")]
    [InlineData("location:   /local\\r\\n\\r\\n")]
    [InlineData("Content-Type: text/html\\nLocation: https://example.test/\\n\\nmoved")]
    public async Task A_lone_Location_becomes_a_302(string head)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Relay, RunModeUnderTest.FastCgi])
        {
            Response answer = await AnswerToAsync(mode, $"printf '{head}'");
            Assert.Equal("302 Found", answer.Header("Status"));
            Assert.NotNull(answer.Header("Location"));
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_Location_beside_a_Status_keeps_it(RunModeUnderTest mode)
    {
        Assert.Equal(["301 Moved Permanently"], (await AnswerToAsync(mode, "printf 'Location: /x\\nStatus: 301 Moved Permanently\\n\\n'")).Reply.HeaderValues("Status"));
        Assert.Equal(["201 Created"], (await AnswerToAsync(mode, "printf 'Status: 201 Created\\nLocation: /new\\n\\n'")).Reply.HeaderValues("Status"));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task Status_may_stand_anywhere_in_any_case(RunModeUnderTest mode)
    {
        foreach (string head in (string[])["Status: 404 Not Found\\nContent-Type: text/plain", "Content-Type: text/plain\\nStatus: 404 Not Found", "Content-Type: text/plain\\nX: y\\nstatus:404"])
        {
            Response answer = await AnswerToAsync(mode, $"printf '{head}\\n\\nnot here'");
            Assert.True(answer is { Status: 404, Body: "not here", ExitCode: 0 }, answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task The_body_of_a_response_to_HEAD_is_cut(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\nContent-Length: 4\\n\\nbody'");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("HEAD", script));
        Assert.True(answer is { Body: "", Status: 200, ExitCode: 0, BrokeOff: false, Log: "" }, answer.ToString());
        Assert.Equal("4", answer.Header("Content-Length"));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_writes_much_in_response_to_HEAD_is_not_told_that_it_failed(RunModeUnderTest mode)
    {
        string marker = Folder.PathTo("done");
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\n'; head -c 1000000 /dev/zero && echo done >{marker}");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("HEAD", script));
        Assert.True(answer is { Body: "", BrokeOff: false, Log: "" }, answer.ToString());
        Assert.True(File.Exists(marker));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task The_pipe_of_a_script_that_writes_much_holds_four_times_as_much(RunModeUnderTest mode)
    {
        Requires.Tools("python3");
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\n\\n'; head -c 1000000 /dev/zero; python3 -c 'import fcntl; print(fcntl.fcntl(1, 1032))'");
        Assert.Equal("262144\n", answer.Body.TrimStart('\0'));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task The_pipe_of_a_script_that_writes_little_stays_as_it_is(RunModeUnderTest mode)
    {
        Requires.Tools("python3");
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\n\\n'; python3 -c 'import fcntl; print(fcntl.fcntl(1, 1032))'");
        Assert.Equal("65536\n", answer.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\\r\\nContent-Type: text/plain\\r\\n\\r\\nraw", "404 Not Found")]
    [InlineData("HTTP/1.0 200 OK\\nContent-Type: text/plain\\n\\nraw", "200 OK")]
    public async Task A_script_that_speaks_HTTP_itself_is_translated(string output, string status)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Relay, RunModeUnderTest.FastCgi])
        {
            string script = Folder.Shell($"printf '{output}'", "nph-script.cgi");
            Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Header("Status") == status && answer.Body == "raw", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task With_the_status_option_every_response_has_a_status_line(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nhello'");
        Response answer = await new Invocation(mode, script) { Options = ["--status"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Header("Status") == "200 OK" && answer.Body == "hello", answer.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("exit 3")]
    [InlineData("printf ''")]
    [InlineData("echo")]
    [InlineData("printf '\\n\\n'")]
    [InlineData("echo hello world")]
    [InlineData("printf 'no colon here\\n\\nbody'")]
    [InlineData("printf 'Content-Type: text/plain\\nno colon here\\n\\nbody'")]
    [InlineData("printf 'Content-Type: text/plain\\n'")]
    [InlineData("printf 'Content-Type: text/plain'")]
    [InlineData("printf ' Content-Type: text/plain\\n\\nbody'")]
    [InlineData("printf ': empty name\\n\\nbody'")]
    [InlineData("printf 'Na me: x\\n\\nbody'")]
    [InlineData("printf 'X: a\\rSet-Cookie: evil\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'X: a\\000b\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'X: a\\001b\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'X: a\\177b\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'Content-Type: text/plain\\nContent-Length: 18446744073709551618\\n\\nbody'")]
    [InlineData("printf 'Content-Type: text/plain\\nContent-Length: 4\\nContent-Length: 5\\n\\nbody'")]
    [InlineData("printf 'Status: hello\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'Status: 99 Low\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'Status: 1000 High\\nContent-Type: text/plain\\n\\nbody'")]
    [InlineData("kill -KILL $$")]
    [InlineData("printf 'Content-Type: text/pl'; kill -SEGV $$")]
    [InlineData("head -c 400000 /dev/zero | tr '\\000' x")]
    [InlineData("yes 'X: y' | head -n 100000; printf '\\nbody'")]
    public async Task Nonsense_instead_of_a_header_block_gets_a_502_and_one_line_in_the_log(string body)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Relay, RunModeUnderTest.FastCgi])
        {
            Response answer = await AnswerToAsync(mode, body);
            Assert.True(answer is { Status: 502, BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
            Assert.DoesNotContain("evil", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
            Assert.Contains("script.cgi", answer.LogLines[0], StringComparison.Ordinal);
            Assert.Matches("Request id: [0-9a-z]{8}\\s*$", answer.Body);
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task The_log_says_whether_a_script_said_nothing_or_died(RunModeUnderTest mode)
    {
        Assert.Contains("without writing anything", (await AnswerToAsync(mode, "exit 0")).LogLines[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("signal", (await AnswerToAsync(mode, "kill -KILL $$")).LogLines[0], StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task Headers_that_belong_to_one_hop_do_not_pass(RunModeUnderTest mode)
    {
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\nTransfer-Encoding: chunked\\nConnection: keep-alive\\n\\nbody'");
        Assert.Null(answer.Header("Transfer-Encoding"));
        Assert.Null(answer.Header("Connection"));
        Assert.Equal("body", answer.Body);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "L3")]
    public async Task A_body_is_cut_at_its_Content_Length_and_the_log_says_so(RunModeUnderTest mode)
    {
        foreach (int length in (int[])[1, 5, 100_000, 300_000, 300_001])
        {
            Response answer = await AnswerToAsync(mode, $"printf 'Content-Type: text/plain\\nContent-Length: {length}\\n\\n'; head -c {length + 6} /dev/zero | tr '\\000' x");
            Assert.True(answer is { Status: 200, BrokeOff: false } && answer.Reply.BodyBytes.Length == length, answer.ToString());
            Assert.Contains($"wrote more than the {length} bytes of its Content-Length", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "L3")]
    public async Task A_body_that_is_shorter_than_its_Content_Length_breaks_off_and_the_log_says_so(RunModeUnderTest mode)
    {
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\nContent-Length: 100\\n\\nabc'");
        Assert.True(answer.BrokeOff, answer.ToString());
        Assert.Contains("wrote fewer bytes than the 100 of its Content-Length", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "L3")]
    public async Task A_short_body_of_a_script_that_closes_its_output_and_runs_on_breaks_off_and_leaves_the_script_alone(RunModeUnderTest mode)
    {
        foreach (bool waits in (bool[])[false, true])
        {
            Gate gate = Folder.Gate();
            Witness witness = Folder.Witness();
            string script = Folder.Shell($"{witness.Appear}; printf 'Content-Type: text/plain\\nContent-Length: 100\\n\\nabc'; exec >&-; {gate.Pass}; echo late >&2; echo done >&9; exit 3");
            var invocation = new Invocation(mode, script);
            await using ListeningProgram? program = waits ? invocation.Listen() : null;
            await using Conversation conversation = program is null ? invocation.Connect() : await program.ConnectAsync();
            LaunchedProgram process = program?.Program ?? conversation.Program;
            await conversation.SendAsync(RequestVariables.For("GET", script));
            await witness.LineAsync();
            // The script waits for the test, which waits for the end of the response.
            Response answer = mode.SpeaksFastCgi() ? Of(await conversation.FastCgi.ReceiveReplyAsync(limit: Patience.Limit)) : Of(await conversation.Connection.ReceiveToEndAsync(), mode);
            Assert.True(answer is { BrokeOff: true, Body: "abc" }, answer.ToString());
            await WaitForLogAsync(process, "wrote fewer bytes than the 100 of its Content-Length");
            await gate.OpenAsync();
            Assert.Equal("done", await witness.LineAsync());
            await WaitForLogAsync(process, "ended with exit status 3, after the end of its response");
            await WaitForLogAsync(process, "late\n");
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F25")]
    public async Task An_unended_chunked_body_of_a_script_that_closes_its_output_and_runs_on_breaks_off(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nTransfer-Encoding: chunked\\n\\n4\\r\\nbody\\r\\n'; exec >&- 2>&-; {gate.Pass}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { BrokeOff: true, Body: "body" }, answer.ToString());
        await gate.OpenAsync();
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "L3")]
    public async Task A_response_to_HEAD_of_a_script_that_closes_its_output_and_runs_on_is_complete(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nContent-Length: 100\\n\\n'; exec >&- 2>&-; {gate.Pass}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Response answer = await program.AskAsync(RequestVariables.For("HEAD", script));
        Assert.True(answer is { BrokeOff: false, Body: "" }, answer.ToString());
        await gate.OpenAsync();
    }

    [Theory, InlineData(204, "No Content"), InlineData(301, "Moved Permanently"), InlineData(401, "Unauthorized"), InlineData(429, "Too Many Requests")]
    public async Task A_status_without_a_phrase_gets_that_of_HTTP(int status, string phrase)
    {
        Response answer = await AnswerToAsync(RunModeUnderTest.Relay, $"printf 'Content-Type: text/plain\\nStatus: {status}\\n\\n'");
        Assert.StartsWith($"Status: {status} {phrase}\r\n", System.Text.Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "L3")]
    public async Task A_body_of_just_its_Content_Length_is_left_alone(RunModeUnderTest mode)
    {
        foreach (int length in (int[])[0, 5, 100_000, 300_000, 300_001])
        {
            Response answer = await AnswerToAsync(mode, $"printf 'Content-Type: text/plain\\nContent-Length: {length}\\n\\n'; head -c {length} /dev/zero | tr '\\000' x");
            Assert.True(answer is { Status: 200, BrokeOff: false, Log: "" } && answer.Reply.BodyBytes.Length == length, answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F25")]
    public async Task A_body_that_the_script_has_chunked_itself_is_decoded(RunModeUnderTest mode)
    {
        const string head = "printf 'Content-Type: text/plain\\nTransfer-Encoding: chunked\\n\\n";
        Response answer = await AnswerToAsync(mode, $"{head}4\\r\\nbody\\r\\n'; sleep 0.1; printf '1;x\\r\\n!\\r\\n0\\r\\n\\r\\n'");
        Assert.True(answer is { Status: 200, Body: "body!", BrokeOff: false }, answer.ToString());
        Assert.Null(answer.Header("Transfer-Encoding"));
        Assert.Contains("its chunks were decoded", Assert.Single(answer.LogLines), StringComparison.Ordinal);

        Response cut = await AnswerToAsync(mode, $"{head}4\\r\\nbody\\r\\n'; sleep 0.1");
        Assert.True(cut.BrokeOff, cut.ToString());
        Response malformed = await AnswerToAsync(mode, $"{head}4\\r\\nbody\\r\\nnonsense'; sleep 0.1");
        Assert.True(malformed.BrokeOff || malformed.Status == 502, malformed.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "F25")]
    public async Task A_chunked_body_whose_lines_end_in_LF_alone_is_refused_and_not_sent_as_it_is(RunModeUnderTest mode)
    {
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\nTransfer-Encoding: chunked\\n\\n4\\nbody\\n0\\n\\n'");
        Assert.True(answer is { Status: 502 } && !answer.Body.Contains("body\n0", StringComparison.Ordinal), answer.ToString());
        Assert.Contains("its chunked body is malformed: configure the script not to send Transfer-Encoding", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "friction 7")]
    public async Task An_exit_status_after_the_header_is_a_line_in_the_log_and_no_other_failure(RunModeUnderTest mode)
    {
        Response answer = await AnswerToAsync(mode, "printf 'Content-Type: text/plain\\n\\nbody'; exit 3");
        Assert.True(answer is { Status: 200, Body: "body", BrokeOff: false, ExitCode: 0 }, answer.ToString());
        Assert.Contains("script.cgi ended with exit status 3, so its response may be incomplete: ", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task Output_is_passed_on_as_it_comes(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nfirst'; {gate.Pass}; printf ' second'");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        // The script goes on only after the first word is here, so a shim that waited for more would wait for ever.
        var seen = new MemoryStream();
        while (!Encoding.Latin1.GetString(seen.ToArray()).EndsWith("first", StringComparison.Ordinal))
        {
            if (mode.SpeaksFastCgi())
                seen.Write((await conversation.FastCgi.ReceiveAsync(Patience.Limit))!.Content);
            else
                seen.Write(await conversation.Connection.ReceiveAsync(1, Patience.Limit));
        }
        await gate.OpenAsync();
        Response rest = await conversation.FinishAsync();
        Assert.Equal(" second", Encoding.Latin1.GetString(rest.Bytes));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_child_that_keeps_standard_error_open_does_not_delay_the_end(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nbody'; (exec >/dev/null </dev/null; {witness.Appear}; {gate.Pass}) &");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "body", BrokeOff: false }, answer.ToString());
        // The answer was complete before the child was allowed to end.
        await witness.LineAsync();
        await gate.OpenAsync();
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task With_errors_in_the_browser_the_page_names_cause_and_cure(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        File.SetUnixFileMode(script, UnixFileMode.UserRead);
        Response answer = await new Invocation(mode, script) { Options = ["--errors", "browser"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Status == 403, answer.ToString());
        Assert.Contains("chmod +x", answer.Body, StringComparison.Ordinal);
        Response silent = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.DoesNotContain("chmod", silent.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(script, silent.Body, StringComparison.Ordinal);
    }

    private static Task WaitForLogAsync(LaunchedProgram process, string text) =>
        Patience.UntilAsync(() => process.ErrorSoFar.Contains(text, StringComparison.Ordinal), $"\"{text}\" in the log");

    private static Response Of(FastCgiReply reply) => new(reply.Output, reply.WasReset) { Records = reply };

    private static Response Of(Received received, RunModeUnderTest mode) => new(UwsgiClient.ToCgi(received.Bytes, mode.SpeaksUwsgi()), received.WasReset);

    private async Task<Response> AnswerToAsync(RunModeUnderTest mode, string body)
    {
        string script = Folder.Shell(body);
        return await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
    }
}
