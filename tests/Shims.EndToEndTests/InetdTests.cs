using System.Security.Cryptography;
using System.Text;

namespace Shims.EndToEndTests;

/// <summary>nginx, openbsd-inetd and the sample scripts, configured by the shipped files.</summary>
public sealed class InetdTests
{
    /// <summary>Some of these in an ordinary run.</summary>
    public static TheoryData<string, string> Here => new(TestExtent.EachValue(Everywhere.Select(row => row.Data)));

    public static TheoryData<string, string> Everywhere => new MatrixTheoryData<string, string>(["scgi-run", "fcgi-run", "uwsgi-run"], ["unix", "tcp", "unix wait", "tcp wait"]);

    [Theory, MemberData(nameof(Everywhere))]
    public async Task The_hello_script_arrives_with_exactly_its_own_headers_and_body(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        ScriptReply reply = await site.Browser.GetAsync("/cgi-bin/hello.cgi");
        Assert.Equal(200, reply.Status);
        Assert.Equal("Hello, world!\n", reply.Body);
        Assert.Equal("text/plain; charset=utf-8", reply.Header("Content-Type"));
        // All else is nginx's, but for the id of a request that is relayed.
        string[] relayed = program != "scgi-run" ? ["X-Request-Id"] : [];
        Assert.Equal(["Connection", "Content-Type", "Date", "Server", "Transfer-Encoding", .. relayed], reply.Headers.Select(header => header.Key).Order());
        Assert.True(reply.IsComplete);
    }

    [Theory, MemberData(nameof(Here))]
    public async Task Of_500_requests_with_8_at_a_time_none_is_lost(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        IReadOnlyList<ScriptReply> replies = await Load.RunAsync(500, 8, () => site.Browser.GetAsync("/hello"));
        Assert.All(replies, reply => Assert.Equal((200, "Hello, world!\n", true), (reply.Status, reply.Body, reply.IsComplete)));
        Assert.DoesNotContain("[error]", site.Nginx.Log);
        Assert.Empty(site.SuperServer.Log);
    }

    [Theory, MemberData(nameof(Everywhere)), Trait("fault", "F01")]
    public async Task A_page_is_whole_whatever_its_script_reads_of_a_small_body(string program, string connection)
    {
        string script = File.ReadAllText(Repository.PathTo("tests/Shims.MatrixTests/cgi-bin/reading.cgi"));
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection, new Dictionary<string, string> { ["reading.cgi"] = script });
        foreach (int length in (int[])[1, 1024, 60 * 1024, 64 * 1024, (64 * 1024) + 1])
        {
            foreach ((string reads, int count) in ((string, int)[])[("nothing", 0), ("half", length / 2), ("all", length), ("end", length)])
            {
                ScriptReply reply = await site.Browser.PostAsync("/cgi-bin/reading.cgi?" + reads, new byte[length]);
                Assert.True(reply is { Status: 200, IsComplete: true } && reply.Body == $"read {count}\n{new string('0', 20_000)}", $"{reads} of {length} bytes: {reply.Status}, {reply.Body.Length} bytes");
            }
        }
        Assert.DoesNotContain("[error]", site.Nginx.Log);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task A_script_sees_the_query_string_as_the_browser_sent_it(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        ScriptReply reply = await site.Browser.GetAsync("/env?name=Ada%20L");
        Assert.Equal("name=Ada%20L", reply.Environment["QUERY_STRING"]);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task A_script_gets_the_variables_of_CGI(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        IReadOnlyDictionary<string, string> environment = (await site.Browser.GetAsync("/cgi-bin/env.cgi/a%20b/%C3%A9", "X-Sent: yes", "Proxy: http://evil.example/")).Environment;
        Assert.Equal("CGI/1.1", environment["GATEWAY_INTERFACE"]);
        Assert.Equal("GET", environment["REQUEST_METHOD"]);
        Assert.Equal("HTTP/1.1", environment["SERVER_PROTOCOL"]);
        Assert.StartsWith("nginx/", environment["SERVER_SOFTWARE"]);
        Assert.Equal("/cgi-bin/env.cgi", environment["SCRIPT_NAME"]);
        Assert.Equal("/a b/é", environment["PATH_INFO"]);
        Assert.Equal("", environment["QUERY_STRING"]);
        Assert.Equal("yes", environment["HTTP_X_SENT"]);
        Assert.NotEmpty(environment["PATH"]);
        Assert.DoesNotContain("HTTP_PROXY", environment);
        Assert.DoesNotContain("CONTENT_LENGTH", environment);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task A_header_reaches_the_script_byte_for_byte(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        string value = new([.. Enumerable.Range(0x80, 0x80).Select(code => (char)code)]);
        ScriptReply reply = await site.Browser.GetAsync("/env", $"X-Bytes: {value}");
        Assert.Equal(Encoding.Latin1.GetBytes(value), reply.EnvironmentBytes["HTTP_X_BYTES"]);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task A_posted_form_reaches_the_script_and_its_page_is_escaped(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        ScriptReply reply = await site.Browser.PostAsync("/cgi-bin/request.py", "word=%3Cb%3E"u8.ToArray(), "application/x-www-form-urlencoded");
        Assert.Equal(200, reply.Status);
        Assert.Contains("<tr><th>word<td>&lt;b&gt;", reply.Body);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task The_Perl_script_greets_and_escapes(string program)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program));
        Assert.Contains("<h1>Who are you?</h1>", (await site.Browser.GetAsync("/cgi-bin/greeting.pl")).Body);
        Assert.Contains("<h1>Hello, Ada &lt;L&gt;!</h1>", (await site.Browser.GetAsync("/cgi-bin/greeting.pl?name=Ada+%3CL%3E")).Body);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task Bodies_of_any_size_come_back_from_the_echo_script_unchanged(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        foreach (int length in new[] { 0, 1, 1000, 65535, 65536, 65537, 5_000_000 })
        {
            byte[] body = RandomNumberGenerator.GetBytes(length);
            ScriptReply reply = await site.Browser.PostAsync("/echo", body);
            Assert.Equal(200, reply.Status);
            Assert.True(body.AsSpan().SequenceEqual(reply.BodyBytes), $"{length} bytes sent, {reply.BodyBytes.Length} received, or other ones");
        }
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task An_upload_of_64_MiB_arrives_intact(string program, string connection)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection);
        byte[] body = RandomNumberGenerator.GetBytes(64 << 20);
        ScriptReply reply = await site.Browser.PostAsync("/cgi-bin/digest.py", body);
        Assert.Equal($"{body.Length} bytes\nSHA-256 {Convert.ToHexStringLower(SHA256.HashData(body))}\n", reply.Body);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task Standard_error_of_a_script_never_reaches_the_browser(string program, string connection)
    {
        var scripts = new Dictionary<string, string>
        {
            ["loud.cgi"] = """
                #!/bin/sh
                echo 'warning before the head' >&2
                printf 'Content-Type: text/plain\n\nfirst\n'
                echo 'warning in the body' >&2
                head -c 100000 /dev/zero | tr '\0' '!' >&2
                printf 'second\n'
                echo 'warning at the end' >&2
                """,
        };
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection, scripts);
        ScriptReply reply = await site.Browser.GetAsync("/loud");
        Assert.Equal((200, "first\nsecond\n"), (reply.Status, reply.Body));
        Assert.Equal("text/plain", reply.Header("Content-Type"));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task In_nowait_mode_each_request_has_a_process_of_its_own(string program)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), "unix", s_process);
        IReadOnlyList<ScriptReply> replies = await Load.RunAsync(5, 1, () => site.Browser.GetAsync("/process"));
        Assert.Equal(5, replies.Select(reply => reply.Body).Distinct().Count());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task In_wait_mode_one_process_answers_all_requests(string program)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), "unix wait", s_parent);
        Assert.Empty(site.SuperServer.Descendants);
        IReadOnlyList<ScriptReply> replies = await Load.RunAsync(20, 4, () => site.Browser.GetAsync("/parent"));
        Assert.Single(replies.Select(reply => reply.Body).Distinct());
        Assert.Single(site.SuperServer.Descendants);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task After_a_wait_process_has_ended_idle_the_next_request_starts_another(string program)
    {
        await using Site site = await Site.StartAsync(Gateway.Named(program), "unix wait", s_parent, idleSeconds: 1);
        string first = (await site.Browser.GetAsync("/parent")).Body;
        await Patience.UntilAsync(() => site.SuperServer.Descendants.Count == 0, "the idle process ends");
        ScriptReply reply = await site.Browser.GetAsync("/parent");
        Assert.True(reply.Status == 200, site.Nginx.Log);
        Assert.NotEqual(first, reply.Body);
    }

    private static readonly Dictionary<string, string> s_process = new() { ["process.cgi"] = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' $$\n" };

    private static readonly Dictionary<string, string> s_parent = new() { ["parent.cgi"] = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' $PPID\n" };
}
