namespace Shims.ProgramTests;

/// <summary>The id of a request in its response, so that the web server's log can have it too.</summary>
public sealed class RequestIdTests : ProgramTest
{
    private const string Header = "X-Request-Id", Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes)), Trait("fault", "G1")]
    public async Task Each_relayed_response_has_an_id_of_its_own(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        var ids = new HashSet<string>();
        for (int i = 0; i < 5; i++)
        {
            Response answer = await new Invocation(mode, script) { Options = i < 2 ? [] : ["--errors", "log"] }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "served", ExitCode: 0 }, answer.ToString());
            Assert.Matches("^[0-9a-f]{8}$", answer.Header(Header));
            ids.Add(answer.Header(Header)!);
        }
        Assert.Equal(5, ids.Count);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "G1")]
    public async Task An_error_page_has_the_id_of_its_log_line_in_the_header_and_in_the_page(RunModeUnderTest mode)
    {
        string missing = Folder.PathTo("missing.cgi");
        Response answer = await new Invocation(mode, missing).AskAsync(RequestVariables.For("GET", missing));
        string id = answer.Header(Header)!;
        Assert.Contains($": {id}: ", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        Assert.EndsWith($"Request id: {id}\n", answer.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_id_of_a_script_stays(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\nx-request-id: mine\\n\\nserved'");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "served", answer.ToString());
        Assert.Equal("mine", answer.Header(Header));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task The_id_of_the_web_server_is_taken_only_where_that_is_asked_for(RunModeUnderTest mode)
    {
        string script = Folder.Shell("echo \"Content-Type: text/plain\"; echo; printf %s \"$REQUEST_ID\"; echo said >&2; exit 1"), log = Folder.PathTo("log");
        RequestVariables sent = RequestVariables.For("GET", script).With("HTTP_X_REQUEST_ID", "from-proxy"), own = sent.With("REQUEST_ID", "abc.DEF_1");
        Response answer = await new Invocation(mode, script) { Options = ["--trust-request-id", "--stderr", log] }.AskAsync(own);
        Assert.Equal(("abc.DEF_1", "abc.DEF_1"), (answer.Header(Header), answer.Body));
        Assert.Equal(2, File.ReadAllLines(log).Count(line => line.Contains("]: abc.DEF_1: ", StringComparison.Ordinal)));
        Assert.Equal("from-proxy", (await new Invocation(mode, script) { Options = ["--trust-request-id"] }.AskAsync(sent)).Header(Header));
        Assert.Matches("^[0-9a-f]{8}$", (await new Invocation(mode, script) { Options = ["--status"] }.AskAsync(own)).Header(Header));
    }

    [Fact]
    public async Task An_id_that_could_be_something_else_is_not_taken()
    {
        string script = Folder.Shell(Serve);
        foreach (string id in (string[])["../../etc/passwd", "a b", "a\r\nSet-Cookie: b=c", new string('a', 65)])
        {
            Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = ["--trust-request-id"] }.AskAsync(RequestVariables.For("GET", script).With("REQUEST_ID", id));
            Assert.Matches("^[0-9a-f]{8}$", answer.Header(Header));
        }
    }
}
