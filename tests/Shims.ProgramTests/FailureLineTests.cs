namespace Shims.ProgramTests;

/// <summary>The line about a failure: the script's own words first, what was asked for at its end, and a line for every bad end that the shim sees.</summary>
public sealed class FailureLineTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "friction 5")]
    public async Task A_script_that_failed_by_itself_is_quoted_once_and_told_nothing_about_headers(RunModeUnderTest mode)
    {
        string script = Folder.Shell("echo \"Can't locate Shop/Nosuch.pm in @INC\" >&2; exit 2");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(502, answer.Status);
        string line = Assert.Single(answer.LogLines);
        Assert.Contains($": {script} failed (exit status 2): Can't locate Shop/Nosuch.pm in @INC: shimctl doctor {script}", line, StringComparison.Ordinal);
        Assert.Equal(line.IndexOf("Shop/Nosuch.pm", StringComparison.Ordinal), line.LastIndexOf("Shop/Nosuch.pm", StringComparison.Ordinal));
        Assert.DoesNotContain("Content-Type", line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "friction 4")]
    public async Task A_first_line_without_a_colon_is_said_not_to_be_a_header_line(RunModeUnderTest mode)
    {
        foreach (string output in (string[])["Hello", "<html>", "Hello, no header"])
        {
            string script = Folder.Shell($"echo '{output}'");
            Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
            Assert.Contains($"gave no valid response: not a header line: \"{output}\": its first output must be a header", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        }
        string unfinished = Folder.Shell("echo 'Content-Type: text/plain'");
        Assert.Contains("ended before the end of its header (exit status 0): write an empty line after the header",
            (await new Invocation(mode, unfinished).AskAsync(RequestVariables.For("GET", unfinished))).LogLines[0], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "friction 3")]
    public async Task The_path_that_was_asked_for_is_in_the_log_and_nothing_else_of_the_request(RunModeUnderTest mode)
    {
        string missing = Folder.PathTo("missing.cgi");
        RequestVariables request = RequestVariables.For("POST", missing, query: "password=hunter2")
            .With("REQUEST_URI", "/cgi-bin/missing.cgi/a\e[31m%20b\u202E?password=hunter2").With("HTTP_COOKIE", "id=hunter2").With("HTTP_X", "hunter2");
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(request, "pin=hunter2"u8.ToArray());
        string line = Assert.Single(answer.LogLines);
        Assert.EndsWith("; request: /cgi-bin/missing.cgi/a?[31m%20b?", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "friction 3")]
    public async Task A_long_path_is_cut_after_200_bytes()
    {
        string missing = Folder.PathTo("missing.cgi");
        Response answer = await new Invocation(RunModeUnderTest.Relay, Folder.Target).AskAsync(RequestVariables.For("GET", missing).With("REQUEST_URI", "/" + new string('x', 1000)));
        Assert.EndsWith($"; request: /{new string('x', 199)}", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true), Trait("fault", "friction 1")]
    public async Task A_supervised_script_that_ends_with_an_exit_status_leaves_a_line(bool waits)
    {
        string script = Folder.Shell("exit 3");
        var invocation = new Invocation(RunModeUnderTest.Supervise, script);
        if (!waits)
        {
            Assert.Contains("script.cgi ended with exit status 3", Assert.Single((await invocation.AskAsync(RequestVariables.For("GET", script))).LogLines), StringComparison.Ordinal);
            return;
        }
        await using ListeningProgram program = invocation.Listen();
        await program.AskAsync(RequestVariables.For("GET", script));
        await program.WaitForLogAsync("script.cgi ended with exit status 3");
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "friction 6")]
    public async Task A_web_server_that_leaves_a_slow_script_leaves_a_line(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; sleep 6.2; echo slow >&9; exec sleep 100", "slow.cgi");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        Assert.Equal("slow", await witness.LineAsync());
        conversation.HangUp();
        await program.WaitForLogAsync("slow.cgi was ended");
        Assert.Matches("the web server closed the connection after [0-9]+ s without a response; .*slow\\.cgi was ended", program.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_web_server_that_leaves_in_the_middle_of_a_slow_response_is_named(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\nbegun'; {witness.Appear}; sleep 6.2; echo slow >&9; exec sleep 100", "slow.cgi");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script).With("SERVER_SOFTWARE", "nginx/1.22.1"));
        await witness.LineAsync();
        Assert.Equal("slow", await witness.LineAsync());
        conversation.HangUp();
        await program.WaitForLogAsync("slow.cgi was ended");
        Assert.Matches("nginx closed the connection after [0-9]+ s in the middle of the response; .*slow\\.cgi was ended", program.Program.ErrorSoFar);
    }

    [Theory, InlineData("printf more; exit 3", "script.cgi wrote after the end of its response (signal 13, SIGPIPE)"), InlineData("exit 3", "script.cgi ended with exit status 3, after the end of its response")]
    public async Task The_end_of_a_script_is_told_although_its_web_server_has_left_with_the_whole_response(string rest, string line)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nContent-Length: 2\\n\\nbo'; {gate.Pass}; {rest}");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.Relay, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await conversation.Connection.ReceiveUntilAsync("\r\n\r\nbo");
        conversation.HangUp();
        await program.WaitForSocketsAsync(1);
        await gate.OpenAsync();
        await program.WaitForLogAsync(line);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "friction 7")]
    public async Task A_response_whose_script_failed_after_its_header_is_kept(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nbody'; echo oh no >&2; exit 3"), capsules = Folder.MakeFolder("capsules");
        Response answer = await new Invocation(mode, script) { Options = ["--record", capsules] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal("body", answer.Body);
        CapsuleFile capsule = Assert.Single(CapsuleFile.In(capsules));
        Assert.Equal(("exit", "200", "exit 3"), (capsule["reason"], capsule["status"], capsule["ended"]));
        Assert.Contains($"; all about it: shimctl show {capsule.Path}", answer.Log, StringComparison.Ordinal);
    }
}
