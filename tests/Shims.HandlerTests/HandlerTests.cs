using System.Security.Cryptography;
using System.Text;

namespace Shims.HandlerTests;

/// <summary>What holds for a handler whatever the wire, in a process that answers one request.</summary>
public sealed class HandlerTests
{
    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_handler_answers(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "write hello").SendAsync();
        Assert.True(answer.Status == 200 && answer.Body == "hello", answer.ToString());
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("5", answer.Header("Content-Length"));
        Assert.Equal((0, ""), (answer.ExitCode, answer.Log));
        Assert.False(answer.BrokeOff);
    }

    [Fact]
    public async Task A_response_over_uwsgi_is_HTTP()
    {
        SocketPair pair = SocketPair.Create();
        using var connection = new Connection(pair.Near);
        LaunchedProgram program;
        using (pair.Far)
            program = Launcher.Start(new Launch { Program = HandlerRequest.Program, Input = pair.Far.SafeHandle, Output = pair.Far.SafeHandle });
        await using LaunchedProgram ended = program;
        await connection.SendAsync(new HandlerRequest(Wire.Uwsgi, "status 404", "write no").Encode());
        Received received = await connection.ReceiveToEndAsync();
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        Assert.False(received.WasReset);
    }

    [Fact]
    public async Task A_protocol_that_is_taken_away_is_refused_with_the_ones_that_are_left()
    {
        Response answer = await new HandlerRequest(Wire.Uwsgi, "write hello") { Environment = ["SHIMS_PROTOCOL=scgi,fastcgi"] }.SendAsync();
        Assert.Equal(500, answer.Status);
        Assert.Contains("this is a uwsgi request, but test-handler speaks SCGI and FastCGI", answer.Log, StringComparison.Ordinal);
        answer = await new HandlerRequest(Wire.Uwsgi, "write hello") { Environment = ["SHIMS_PROTOCOL=uwsgi"] }.SendAsync();
        Assert.Equal("hello", answer.Body);
        answer = await new HandlerRequest(Wire.Scgi, "write hello") { Environment = ["SHIMS_PROTOCOL=uwsgi"] }.SendAsync();
        Assert.Contains("this is an SCGI request, but uwsgi-run speaks uwsgi", answer.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires)), Trait("fault", "D4")]
    public async Task An_async_lambda_is_served_to_its_end(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "status 201", "write hello", "write ,", "write world") { Environment = ["TEST_KIND=task"] }.SendAsync();
        Assert.Equal((201, "hello,world"), (answer.Status, answer.Body));
        Response failed = await new HandlerRequest(wire, "write hello", "throw it") { Environment = ["TEST_KIND=task"] }.SendAsync();
        Assert.Equal(500, failed.Status);
        Assert.Contains("System.InvalidOperationException: it", failed.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Status_and_headers_are_those_that_were_set(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "status 404", "header X-One=1", "header Link=a", "header Link=b", "cookie session=abc", "write nothing here").SendAsync();
        Assert.True(answer.Status == 404, answer.ToString());
        Assert.Equal("1", answer.Header("X-One"));
        Assert.Equal(["a", "b"], answer.Reply.HeaderValues("Link"));
        Assert.Equal("session=abc; Path=/; HttpOnly; SameSite=Lax", answer.Header("Set-Cookie"));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_body_is_read_to_its_end(Wire wire)
    {
        byte[] body = RandomNumberGenerator.GetBytes(300_001);
        Response answer = await new HandlerRequest(wire, "echo") { Method = "POST", Body = body, With = [("CONTENT_TYPE", "image/png")] }.SendAsync();
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(body, answer.Reply.BodyBytes);
        Assert.Equal("image/png", answer.Header("Content-Type"));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_response_arrives_although_the_handler_has_not_read_the_body(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "status 413", "write too much") { Method = "POST", Body = new byte[3_000_000] }.SendAsync();
        Assert.True(answer is { Status: 413, Body: "too much", BrokeOff: false }, answer.ToString());
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_large_response_goes_out_as_it_is_written(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "fill 5000000").SendAsync();
        Assert.True(answer.Reply.BodyBytes.Length == 5_000_000, answer.ToString());
        Assert.Null(answer.Header("Content-Length"));
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_response_larger_than_every_buffer_is_written_before_a_large_body_is_read(Wire wire)
    {
        byte[] body = RandomNumberGenerator.GetBytes(2_000_000);
        Response answer = await new HandlerRequest(wire, "fill 1000000", "md5") { Method = "POST", Body = body }.SendAsync();
        Assert.True(answer.Reply.BodyBytes.Length == 1_000_033, answer.ToString());
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(body)), Encoding.ASCII.GetString(answer.Reply.BodyBytes.AsSpan(1_000_000, 32)));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task The_response_to_HEAD_has_the_header_and_no_body(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "write hello") { Method = "HEAD" }.SendAsync();
        Assert.True(answer is { Status: 200, Body: "" }, answer.ToString());
        Assert.Equal("5", answer.Header("Content-Length"));
        Response large = await new HandlerRequest(wire, "fill 200000") { Method = "HEAD" }.SendAsync();
        Assert.True(large is { Status: 200, Body: "" }, large.ToString());
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_status_that_allows_no_body_gets_none(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "status 204", "write hello").SendAsync();
        Assert.True(answer is { Status: 204, Body: "" }, answer.ToString());
        Assert.Null(answer.Header("Content-Length"));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_redirect_always_has_a_status(Wire wire)
    {
        Response get = await new HandlerRequest(wire, "redirect ../list?a=1").SendAsync();
        Assert.Equal((302, "../list?a=1"), (get.Status, get.Header("Location")));
        Assert.StartsWith("Status: 302 Found\r\n", Encoding.Latin1.GetString(get.Bytes));
        Response post = await new HandlerRequest(wire, "redirect /list") { Method = "POST" }.SendAsync();
        Assert.Equal((303, "/list"), (post.Status, post.Header("Location")));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task An_exception_is_a_page_with_an_id_and_a_line_in_the_log(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "write this is held back", "throw no <b>luck</b>").SendAsync();
        Assert.True(answer.Status == 500, answer.ToString());
        Assert.DoesNotContain("luck", answer.Body);
        Assert.DoesNotContain("held back", answer.Body);
        string id = answer.Body.Trim().Split(' ')[^1];
        Assert.Contains(id, answer.Log);
        Assert.Contains("System.InvalidOperationException: no <b>luck</b>", answer.Log);
        Assert.Contains("Behaviour.", answer.Log);
        Assert.False(answer.BrokeOff);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task An_exception_is_shown_escaped_to_a_developers_browser(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "throw no <b>luck</b>") { Environment = ["SHIMS_ERRORS=browser"] }.SendAsync();
        Assert.Equal("text/html; charset=utf-8", answer.Header("Content-Type"));
        Assert.Contains("no &lt;b&gt;luck&lt;/b&gt;", answer.Body);
        Assert.DoesNotContain("<b>", answer.Body);
        Assert.Contains("Behaviour.", answer.Body);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_response_that_breaks_off_looks_broken(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "fill 300000", "throw too late").SendAsync();
        Assert.True(answer.BrokeOff, answer.ToString());
        Assert.Contains("too late", answer.Log);
        Assert.NotEqual(500, answer.Status);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_response_shorter_than_its_Content_Length_is_a_failure(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "header Content-Length=10", "write hello").SendAsync();
        Assert.True(answer.Status == 500, answer.ToString());
        Assert.Contains("announced 10 bytes, and 5 were written", answer.Log);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_request_that_cannot_be_accepted_gets_its_status(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "refuse 422").SendAsync();
        Assert.True(answer.Status == 422, answer.ToString());
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task Console_output_of_a_handler_never_reaches_the_client(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "out printed", "error complained", "child echo from a child; echo loudly >&2; cat", "write clean").SendAsync();
        Assert.True(answer.Body == "clean", answer.ToString());
        foreach (string line in new[] { "printed", "complained", "from a child", "loudly" })
            Assert.Contains(line, answer.Log);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_request_is_the_same_on_every_wire(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "request")
        {
            With = [("HTTPS", "on"), ("HTTP_COOKIE", "a=1; b=two"), ("HTTP_X_TWICE", "1"), ("HTTP_PROXY", "http://evil.test/"), ("REMOTE_USER", "ada"), ("HTTP_AUTHORIZATION", "Basic YTpi")],
            // The others say where the program is.
            Environment = wire == Wire.Ajp ? ["SHIMS_MOUNT=/cgi-bin/app"] : [],
        }.SendAsync();
        ILookup<string, string> lines = answer.Lines;
        Assert.Equal("GET", lines["Method"].Single());
        Assert.Equal("https", lines["Scheme"].Single());
        Assert.Equal("localhost", lines["Host"].Single());
        Assert.Equal("/cgi-bin/app", lines["ScriptName"].Single());
        Assert.Equal("", lines["PathInfo"].Single());
        Assert.Equal("do=request", lines["QueryString"].Single());
        Assert.Equal("0", lines["ContentLength"].Single());
        Assert.Equal("127.0.0.1", lines["RemoteAddress"].Single());
        Assert.Equal("ada", lines["RemoteUser"].Single());
        Assert.Equal("two", lines["Cookie b"].Single());
        Assert.Equal("1", lines["Header X-Twice"].Single());
        Assert.Equal("Basic YTpi", lines["Header Authorization"].Single());
        Assert.Empty(lines["Variable HTTP_PROXY"]);
        Assert.Empty(lines["Header Proxy"]);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_mounted_program_sees_its_own_part_of_the_path(Wire wire)
    {
        HandlerRequest ask = new(wire, "request") { Environment = ["TEST_MOUNT=/blog"] };
        // As nginx without a split has it: the whole path is SCRIPT_NAME.
        Response whole = await (ask with { With = [("SCRIPT_NAME", "/blog/2024/a b"), ("REQUEST_URI", "/blog/2024/a%20b")] }).SendAsync();
        Assert.Equal(("/blog", "/2024/a b"), (whole.Lines["ScriptName"].Last(), whole.Lines["PathInfo"].Last()));
        Response other = await (ask with { With = [("SCRIPT_NAME", "/blog2"), ("REQUEST_URI", "/blog2")] }).SendAsync();
        Assert.Equal(("/blog2", ""), (other.Lines["ScriptName"].Last(), other.Lines["PathInfo"].Last()));
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task The_environment_of_a_program_wins_over_its_options_and_a_wrong_value_is_a_line_in_the_log(Wire wire)
    {
        Response response = await new HandlerRequest(wire, "request")
        {
            With = [("SCRIPT_NAME", "/shop/a"), ("REQUEST_URI", "/shop/a")],
            Environment = ["TEST_MOUNT=/blog", "SHIMS_MOUNT=/shop", "SHIMS_TIMEOUT=soon"],
        }.SendAsync();
        Assert.Equal(("/shop", "/a"), (response.Lines["ScriptName"].Last(), response.Lines["PathInfo"].Last()));
        Assert.Contains("SHIMS_TIMEOUT is left out: as an option, --timeout takes a whole number", response.Log);
        var large = new HandlerRequest(wire, "md5") { Method = "POST", Body = new byte[2000], Environment = ["SHIMS_MAX_BODY=1K"] };
        Response refused = await large.SendAsync();
        Assert.True(refused is { Status: 413, BrokeOff: false }, refused.ToString());
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task An_asynchronous_handler_answers(Wire wire)
    {
        byte[] body = RandomNumberGenerator.GetBytes(200_000);
        Response answer = await new HandlerRequest(wire) { Method = "POST", Body = body, Environment = ["TEST_KIND=async"] }.SendAsync();
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(body, answer.Reply.BodyBytes);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_handler_that_takes_too_long_is_given_up(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "aborted /dev/null", "wait /nonexistent") { Environment = ["TEST_TIMEOUT=1"] }.SendAsync();
        Assert.True(answer.Status == 504, answer.ToString());
        Assert.Contains("ShimOptions.HandlerTimeout", answer.Log);
    }

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires))]
    public async Task A_body_larger_than_allowed_is_refused(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "md5") { Method = "POST", Body = new byte[200_000], Environment = ["TEST_MAX_BODY=100000"] }.SendAsync();
        Assert.True(answer is { Status: 413, BrokeOff: false }, answer.ToString());
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_handler_responds_over_TCP_too(Wire wire)
    {
        Assert.Equal("hello", (await new HandlerRequest(wire, "write hello") { Tcp = true }.SendAsync()).Body);
        Assert.True((await new HandlerRequest(wire, "fill 300000", "throw x") { Tcp = true }.SendAsync()).BrokeOff);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_synchronous_handler_runs_on_the_only_thread_there_is(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "threads").SendAsync();
        // The main thread and the runtime's own: finalizer and, if a signal handler was installed, signals. No pool.
        Assert.True(int.Parse(answer.Body) <= 3, answer.ToString());
    }

    [Fact]
    public async Task A_request_of_shimctl_gives_a_handler_the_whole_path_as_PATH_INFO()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["request", "--to", $"exec:{HandlerRequest.Program}", "/api/notes?do=request"],
        });
        Assert.Contains("ScriptName=\n", result.OutputText);
        Assert.Contains("PathInfo=/api/notes\n", result.OutputText);
    }
}
