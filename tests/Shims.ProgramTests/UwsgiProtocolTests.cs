using System.Text;

namespace Shims.ProgramTests;

/// <summary>uwsgi-run and what is not the same over uwsgi as over SCGI.</summary>
public sealed class UwsgiProtocolTests : ProgramTest
{
    private const RunModeUnderTest Uwsgi = RunModeUnderTest.Uwsgi;

    [Fact]
    public async Task A_response_is_HTTP_with_CRLF_at_each_end_and_nothing_of_CGI()
    {
        string script = Folder.Shell("printf 'Status: 404 Gone fishing\\nConnection: keep-alive\\nContent-Type: text/plain\\nContent-Length: 4\\n\\nbody'");
        (string answer, _) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", script), default), script);
        Assert.StartsWith("HTTP/1.1 404 Gone fishing\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nX-Request-Id: ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Status:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_says_why_is_HTTP_too()
    {
        string missing = Folder.PathTo("missing.cgi");
        (string answer, _) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", missing), default), missing);
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer, StringComparison.Ordinal);
    }

    [Theory, InlineData("HEAD", "Content-Length: 5\\n\\nhello"), InlineData("GET", "Status: 304\\n\\nhello"), InlineData("GET", "Status: 204\\nContent-Length: 5\\n\\nhello")]
    public async Task A_response_that_may_have_no_body_has_none(string method, string output)
    {
        string script = Folder.Shell($"printf '{output}'");
        (string answer, _) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For(method, script), default), script);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(method == "HEAD", answer.Contains("Content-Length: 5", StringComparison.Ordinal));
    }

    [Theory, Trait("fault", "uwsgi modifiers")]
    [InlineData(10), InlineData(17), InlineData(18), InlineData(22), InlineData(27), InlineData(31), InlineData(98), InlineData(173), InlineData(255)]
    public async Task An_order_to_uWSGI_gets_400_and_nothing_runs(int modifier)
    {
        string script = Folder.MarkingScript();
        (string answer, LaunchResult result) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", script), default, modifier), script);
        Assert.Equal(76, result.ExitCode);
        // 22 is a TLS handshake, too.
        Assert.StartsWith(modifier == 22 ? "HTTP/1.1 500 " : "HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory]
    [InlineData(0), InlineData(5), InlineData(6), InlineData(7), InlineData(8), InlineData(9), InlineData(14), InlineData(15), InlineData(30)]
    public async Task A_modifier_that_asks_for_a_page_gets_one(int modifier)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$PATH_INFO\"");
        var variables = new RequestVariables { { "REQUEST_METHOD", "GET" }, { "SCRIPT_NAME", "/app" }, { "PATH_INFO", "/app/" + Path.GetFileName(script) + "/x" }, { "REQUEST_URI", "/app/" + Path.GetFileName(script) + "/x" } };
        (string answer, _) = await AskRawAsync(UwsgiClient.Encode(variables, default, modifier), Folder.Target);
        Assert.EndsWith("\r\n\r\n/x", answer, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "CVE-2020-11984")]
    public async Task A_block_that_lies_about_its_lengths_runs_nothing_CVE_2020_11984()
    {
        string script = Folder.MarkingScript();
        byte[] honest = UwsgiClient.Encode(RequestVariables.For("GET", script).ForFastCgi(0).With("UWSGI_FILE", script));
        // The length of the first name, and of the last value.
        foreach (int at in new[] { 4, honest.Length - script.Length - 2 })
        {
            byte[] lying = [.. honest];
            (lying[at], lying[at + 1]) = (0xFF, 0xFF);
            (string answer, _) = await AskRawAsync(lying, script);
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.False(Folder.HasRun);
        }
    }

    [Fact, Trait("fault", "CVE-2020-11984")]
    public async Task UWSGI_variables_are_neither_obeyed_nor_passed_on_CVE_2020_11984()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; env");
        string other = Folder.MarkingScript("other.cgi");
        RequestVariables variables = RequestVariables.For("GET", script).With("UWSGI_FILE", other).With("UWSGI_SCRIPT", other).With("UWSGI_CHDIR", "/").With("UWSGI_APPID", "x");
        Response answer = await new Invocation(Uwsgi, script) { Options = ["--allow-env", "*"] }.AskAsync(variables);
        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("UWSGI_", answer.Body, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory, Trait("fault", "CVE-2023-27522"), Trait("fault", "CVE-2021-36160")]
    [InlineData("X: a\\rSet-Cookie: b=c"), InlineData("X: a\\000b"), InlineData("X : a"), InlineData(" folded: a"), InlineData("X: a\\r\\r")]
    public async Task A_header_that_a_web_server_could_read_in_two_ways_never_leaves_CVE_2021_36160_CVE_2023_27522_CVE_2026_33523(string line)
    {
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n{line}\\n\\nbody'");
        (string answer, _) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", script), default), script);
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "httpoxy")]
    public async Task HTTP_PROXY_never_reaches_a_script_over_uwsgi_CVE_2016_5385()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; env");
        Response answer = await new Invocation(Uwsgi, script) { Options = ["--allow-env", "*"] }.AskAsync(RequestVariables.For("GET", script).With("HTTP_PROXY", "http://evil.test/"));
        Assert.DoesNotContain("evil.test", answer.Body, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "CVE-2018-6758")]
    public async Task A_block_of_64_KiB_is_answered_CVE_2018_6758()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"${#HTTP_X}\"");
        RequestVariables variables = RequestVariables.For("GET", script).ForFastCgi(0);
        int length = 65535 - (UwsgiClient.Encode(variables).Length - 4) - 4 - "HTTP_X".Length;
        Response answer = await new Invocation(Uwsgi, script).AskAsync(variables.With("HTTP_X", new string('x', length)));
        Assert.Equal($"{length}", answer.Body);
    }

    [Theory, Trait("fault", "CVE-2018-7490")]
    [InlineData("/cgi-bin/../outside.cgi"), InlineData("/cgi-bin/..%2Foutside.cgi"), InlineData("/cgi-bin/%2e%2e/outside.cgi"), InlineData("/..\\outside.cgi")]
    public async Task A_path_that_leaves_the_directory_runs_nothing_CVE_2018_7490(string path)
    {
        string target = Folder.PathTo("scripts") + "/";
        Directory.CreateDirectory(target);
        Folder.MarkingScript("outside.cgi");
        foreach (string[] options in (string[][])[[], ["--mount", "/cgi-bin"]])
        {
            Response answer = await new Invocation(Uwsgi, target) { Options = options }.AskAsync(new RequestVariables { { "REQUEST_METHOD", "GET" }, { "PATH_INFO", path }, { "REQUEST_URI", path } });
            Assert.True(answer.Status is 403 or 404, answer.ToString());
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, InlineData("exec"), InlineData("supervise")]
    public async Task A_script_writes_to_nginx_itself_and_never_to_Apache_or_the_router(string mode)
    {
        string script = Folder.Shell("printf 'Status: 201 Created\\nContent-Type: text/plain\\n\\nown header'");
        (string nginx, LaunchResult served) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", script), default), script, "--mode", mode);
        Assert.Equal("Status: 201 Created\nContent-Type: text/plain\n\nown header", nginx);
        Assert.Equal((0, ""), (served.ExitCode, served.ErrorText));
        foreach ((string name, string value, string server) in new[] { ("SERVER_SOFTWARE", "Apache/2.4.71 (Debian)", "Apache"), ("UWSGI_ROUTER", "http", "uWSGI's router") })
        {
            (string answer, LaunchResult refused) = await AskRawAsync(UwsgiClient.Encode(RequestVariables.For("GET", script).With(name, value), default), script, "--mode", mode);
            Assert.StartsWith("HTTP/1.1 500 ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("own header", answer, StringComparison.Ordinal);
            Assert.Contains($"{server} takes an HTTP response over uwsgi: leave --mode out", refused.ErrorText, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("cgi-bin"), InlineData(""), InlineData("/a/../b")]
    public async Task A_mount_that_is_not_a_path_is_refused(string mount)
    {
        (_, LaunchResult result) = await AskRawAsync([], Folder.Target, "--mount", mount);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--mount takes a path that begins with a slash", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_below_a_mount_responds_for_its_directory_and_for_no_name_that_does_not_exist()
    {
        Folder.Shell("printf 'Content-Type: text/plain\n\nindex'", "index.cgi");
        var invocation = new Invocation(Uwsgi, Folder.Target) { Options = ["--mount", "/cgi-bin", "--index", "index.cgi"] };
        foreach ((string path, int status) in new[] { ("/cgi-bin/", 200), ("/cgi-bin/none", 404), ("/cgi-bin/none/", 404), ("/none", 404), ("/index.cgi", 404), ("/cgi-bin", 301) })
        {
            Response answer = await invocation.AskAsync(new RequestVariables { { "REQUEST_METHOD", "GET" }, { "PATH_INFO", path }, { "REQUEST_URI", path } });
            Assert.True(answer.Status == status, $"{path}: {answer}");
        }
    }

    private static async Task<(string Answer, LaunchResult Result)> AskRawAsync(byte[] request, string target, params string[] options)
    {
        await using Conversation conversation = new Invocation(Uwsgi, target) { Options = options }.Connect();
        await conversation.TrySendAsync(request);
        (Received received, LaunchResult result) = await conversation.FinishRawAsync();
        return (Encoding.Latin1.GetString(received.Bytes), result);
    }
}
