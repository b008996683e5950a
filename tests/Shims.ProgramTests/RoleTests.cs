namespace Shims.ProgramTests;

/// <summary>FastCGI's other two roles: Authorizer (FastCGI 1.0, section 6.3) and Filter (section 6.4).</summary>
public sealed class RoleTests : ProgramTest
{
    /// <summary>What an Authorizer looks like as a CGI script.</summary>
    private const string Authorizer = """
        if [ "$FCGI_ROLE" = AUTHORIZER ] && [ "$QUERY_STRING" = key=ada ]
        then printf 'Status: 200 OK\nVariable-AUTH_METHOD: database lookup\nVariable-USER: ada\n\n'
        else printf 'Status: 403 Forbidden\nContent-Type: text/plain\n\nNot with this key.\n'; cat
        fi
        """;

    [Fact]
    public async Task An_Authorizer_that_says_200_lets_the_request_through_with_its_variables()
    {
        string script = Folder.Shell(Authorizer);
        FastCgiReply reply = await AuthorizeAsync(script, "key=ada");
        Assert.Equal((true, 0, 0u), (reply.IsComplete, reply.ProtocolStatus, reply.ApplicationStatus));
        Assert.Equal((200, ""), (reply.Reply.Status, reply.Reply.Body));
        Assert.Equal(("database lookup", "ada"), (reply.Reply.Header("Variable-AUTH_METHOD"), reply.Reply.Header("Variable-USER")));
    }

    [Fact]
    public async Task Any_other_response_of_an_Authorizer_goes_to_the_client()
    {
        string script = Folder.Shell(Authorizer);
        FastCgiReply reply = await AuthorizeAsync(script, "key=eve");
        Assert.True(reply.IsComplete);
        Assert.Equal((403, "Not with this key.\n"), (reply.Reply.Status, reply.Reply.Body));
    }

    [Theory, InlineData("missing"), InlineData("crash"), InlineData("silent"), InlineData("nonsense")]
    public async Task An_Authorizer_that_fails_lets_no_request_through(string fault)
    {
        string script = fault switch
        {
            "missing" => Folder.PathTo("missing.cgi"),
            "crash" => Folder.Shell("kill -KILL $$"),
            "silent" => Folder.Shell("exit 0"),
            _ => Folder.Shell("echo let them in"),
        };
        FastCgiReply reply = await AuthorizeAsync(script, "key=ada");
        Assert.True(!reply.IsComplete || reply.Reply.Status is 404 or 502, $"{reply.Reply.Status}");
    }

    [Fact]
    public async Task An_Authorizer_gets_the_variables_of_the_request_but_not_its_body()
    {
        string script = Folder.EnvironmentScript();
        // lighttpd ends STDIN for an Authorizer too; the specification has no such stream there. The length is that of the request that waits.
        foreach (bool endsInput in (bool[])[false, true])
        {
            RequestVariables variables = RequestVariables.For("PUT", script).With("CONTENT_LENGTH", "1000").With("HTTP_X_KEY", "ada");
            await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
            await conversation.FastCgi.SendAsync(
            [
                FastCgiClient.Begin(role: FastCgiClient.Authorizer),
                .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables)),
                .. endsInput ? FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, ReadOnlyMemory<byte>.Empty) : [],
            ]);
            Response answer = await conversation.FinishAsync();
            ILookup<string, string> environment = EnvironmentOf(answer);
            Assert.Equal(["ada"], environment["HTTP_X_KEY"]);
            Assert.Equal(["AUTHORIZER"], environment["FCGI_ROLE"]);
            Assert.DoesNotContain("1000", environment["CONTENT_LENGTH"]);
            Assert.False(answer.BrokeOff);
        }
    }

    [Fact]
    public async Task A_browser_cannot_make_a_Responder_believe_that_it_authorizes()
    {
        string script = Folder.EnvironmentScript();
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script).With("HTTP_FCGI_ROLE", "AUTHORIZER"));
        Assert.Empty(EnvironmentOf(answer)["FCGI_ROLE"]);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(100_000), InlineData(5_000_000)]
    public async Task A_Filter_reads_the_body_from_descriptor_0_and_the_file_from_descriptor_3(int length)
    {
        string script = Folder.Perl("""
            open(my $file, '<&=:raw', 3) or die "descriptor 3: $!";
            local $/;
            my $data = <$file>;
            my $body = <STDIN>;
            require Digest::SHA;
            print "Content-Type: text/plain\n\n$ENV{FCGI_ROLE} $ENV{FCGI_DATA_LENGTH} $ENV{FCGI_DATA_LAST_MOD} $body ", length($data // ''), ' ', Digest::SHA::sha1_hex($data // '');
            """);
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        FastCgiReply reply = await FilterAsync(script, "the body"u8.ToArray(), data);
        Assert.True(reply.IsComplete);
        Assert.Equal($"FILTER {length} 1700000000 the body {length} {Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(data))}", reply.Reply.Body);
    }

    [Theory, InlineData("cat <&3"), InlineData("head -c 1000 <&3 >/dev/null"), InlineData("exec 3<&-; cat"), InlineData(":")]
    public async Task A_Filter_may_read_as_much_as_it_likes_in_any_order(string reads)
    {
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\n\\n'; {{ {reads}; }} | wc -c");
        FastCgiReply reply = await FilterAsync(script, new byte[500_000], new byte[700_000]);
        Assert.True(reply.IsComplete);
        string expected = reads switch { "cat <&3" => "700000\n", "exec 3<&-; cat" => "500000\n", _ => "0\n" };
        Assert.Equal(expected, reply.Reply.Body);
    }

    [Fact]
    public async Task A_Filter_that_crashes_breaks_its_response_off()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nhalf'; cat <&3 >/dev/null; kill -KILL $$");
        FastCgiReply reply = await FilterAsync(script, [], new byte[100_000]);
        Assert.False(reply.IsComplete);
        Assert.True(reply.WasReset);
    }

    [Fact]
    public async Task Only_a_Filter_has_a_descriptor_3()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; [ -e /proc/self/fd/3 ] && echo open || echo closed");
        await using Conversation responder = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        Assert.Equal("closed\n", (await responder.FastCgi.ExchangeAsync(RequestVariables.For("POST", script), new byte[10], limit: Patience.Limit)).Reply.Body);
        Assert.Equal("closed\n", (await AuthorizeAsync(script, "")).Reply.Body);
        Assert.Equal("open\n", (await FilterAsync(script, [], [])).Reply.Body);
    }

    private static async Task<FastCgiReply> AuthorizeAsync(string script, string query)
    {
        string target = Path.GetDirectoryName(script) + "/";
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, target).Connect();
        return await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script, query: query), role: FastCgiClient.Authorizer, limit: Patience.Limit);
    }

    private static async Task<FastCgiReply> FilterAsync(string script, byte[] body, byte[] data)
    {
        RequestVariables variables = RequestVariables.For("POST", script).ForFastCgi(body.Length)
            .With("FCGI_DATA_LENGTH", $"{data.Length}").With("FCGI_DATA_LAST_MOD", "1700000000");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        Task sending = conversation.FastCgi.SendAsync(
        [
            FastCgiClient.Begin(role: FastCgiClient.Filter),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables)),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body),
            .. FastCgiClient.Stream(FastCgiRecordType.Data, 1, data),
        ]);
        FastCgiReply reply = await conversation.FastCgi.ReceiveReplyAsync(limit: Patience.Limit);
        // A Filter may end without reading everything; then sending fails, and that is its right.
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return reply;
    }
}
