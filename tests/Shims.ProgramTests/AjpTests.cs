using System.Security.Cryptography;
using System.Text;

namespace Shims.ProgramTests;

/// <summary>ajp-run, as a web server sees it.</summary>
public sealed class AjpTests : ProgramTest
{
    [Fact]
    public async Task A_script_is_found_by_the_URL_and_gets_the_variables_of_CGI()
    {
        Folder.EnvironmentScript("env.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        AjpReply reply = await program.AskAsync(new AjpRequestData
        {
            Uri = "/cgi-bin/env.cgi/a%20b/c%2Fd",
            Query = "q=%20",
            IsEncrypted = true,
            Headers = [("host", "matrix.test"), ("X-A", "1"), ("X-A", "2"), ("Proxy", "http://evil.test/"), ("X_B", "3"), ("authorization", "Basic x")],
            Attributes = [.. AjpRequestData.Attribute(3, "ada"), .. AjpRequestData.RequestAttribute("javax.servlet.include.path_info", "/etc/passwd")],
        });
        ILookup<string, string> environment = EnvironmentOf(reply);
        string[] expected =
        [
            "GATEWAY_INTERFACE=CGI/1.1", "SERVER_SOFTWARE=Shims", "REQUEST_METHOD=GET", "REQUEST_URI=/cgi-bin/env.cgi/a%20b/c%2Fd?q=%20", "QUERY_STRING=q=%20", "SCRIPT_NAME=/cgi-bin/env.cgi", "PATH_INFO=/a b/c/d",
            $"SCRIPT_FILENAME={Folder.PathTo("env.cgi")}", "SERVER_NAME=matrix.test", "SERVER_PORT=8080", "SERVER_PROTOCOL=HTTP/1.1", "REMOTE_ADDR=127.0.0.1", "REMOTE_PORT=40000", "REMOTE_USER=ada", "HTTPS=on",
            "HTTP_HOST=matrix.test", "HTTP_X_A=1, 2",
        ];
        Assert.Equal(expected, expected.Select(pair => pair.Split('=')[0]).Select(name => $"{name}={string.Join('|', environment[name])}"));
        Assert.DoesNotContain(environment, variable => variable.Key is "HTTP_PROXY" or "HTTP_X_B" or "HTTP_AUTHORIZATION" or "CONTENT_LENGTH" || variable.Key.Contains("servlet", StringComparison.Ordinal) || variable.Key.StartsWith("AJP", StringComparison.Ordinal));
    }

    [Theory, InlineData("Proxy"), InlineData("proxy"), InlineData("PROXY"), InlineData("http-proxy"), InlineData("Http_Proxy")]
    public async Task A_Proxy_header_never_becomes_a_variable_of_a_script_CVE_2016_5385(string name)
    {
        Folder.EnvironmentScript("env.cgi");
        await using AjpProgram program = AjpProgram.Listen("--allow-env", "*", Folder.Target);
        ILookup<string, string> environment = EnvironmentOf(await program.AskAsync(new AjpRequestData { Uri = "/env.cgi", Headers = [("host", "matrix.test"), (name, "http://evil.test/")] }));
        Assert.Equal("matrix.test", environment["HTTP_HOST"].Single());
        Assert.Empty(environment["HTTP_PROXY"]);
        Assert.Empty(environment["http_proxy"]);
    }

    [Theory]
    [InlineData("/sub/a.cgi", true, 200)]
    [InlineData("/sub%2Fa.cgi", true, 404)]
    [InlineData("/sub%2fa.cgi", true, 404)]
    [InlineData("/sub%252Fa.cgi", true, 404)]
    [InlineData("/s%75b/%61.cgi", true, 200)]
    [InlineData("/s%2575b/a.cgi", true, 404)]
    [InlineData("/sub/a.cgi%00", true, 404)]
    [InlineData("/s%75b/a.cgi", false, 404)]
    [InlineData("/sub/a%2ecgi", false, 404)]
    [InlineData("/sub/a.cgi", false, 200)]
    public async Task A_URL_is_divided_before_it_is_decoded_and_decoded_once(string uri, bool isEncoded, int status)
    {
        Folder.MakeFolder("sub");
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n'", "sub/a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        Assert.Equal(status, (await program.AskAsync(new AjpRequestData { Uri = uri, HasPort = isEncoded })).Status);
    }

    [Theory, InlineData("/../a.cgi"), InlineData("/%2e%2e/a.cgi"), InlineData("/a.cgi/../../etc/passwd"), InlineData("/a.cgi/%2E%2E/x"), InlineData("/..%2fa.cgi"), InlineData("/x/..;/a.cgi/..")]
    public async Task A_path_that_leads_upwards_runs_nothing_CVE_2018_7490(string uri)
    {
        Folder.MarkingScript("a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        Assert.InRange((await program.AskAsync(new AjpRequestData { Uri = uri })).Status, 400, 404);
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task A_path_of_64_KiB_is_answered_and_runs_nothing_CVE_2018_6758()
    {
        Folder.MarkingScript("a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        Assert.InRange((await program.AskAsync(new AjpRequestData { Uri = "/" + new string('a', 65_000) })).Status, 400, 414);
        Assert.InRange((await program.AskAsync(new AjpRequestData { Uri = string.Concat(Enumerable.Repeat("/a", 32_000)) })).Status, 400, 414);
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task With_mount_nothing_is_looked_for_elsewhere()
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s|%s' \"$SCRIPT_NAME\" \"$PATH_INFO\"", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen("--mount", "/app", Folder.Target);
        Assert.Equal("/app/a.cgi|/x", (await program.AskAsync(new AjpRequestData { Uri = "/app/a.cgi/x" })).Body);
        Assert.Equal(404, (await program.AskAsync(new AjpRequestData { Uri = "/a.cgi/x" })).Status);
        Assert.Equal(404, (await program.AskAsync(new AjpRequestData { Uri = "/other/a.cgi/x" })).Status);
    }

    [Theory]
    [InlineData(1, null), InlineData(8186, null), InlineData(8187, null), InlineData(1 << 20, null), InlineData(20 << 20, null)]
    [InlineData(0, "chunked"), InlineData(1, "chunked"), InlineData(300_000, "chunked")]
    public async Task A_body_reaches_the_script_whole(int size, string? coding)
    {
        Folder.EchoScript("echo.cgi");
        byte[] body = new byte[size];
        new Random(size).NextBytes(body);
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        AjpReply reply = await program.AskAsync(new AjpRequestData { Method = "POST", Uri = "/echo.cgi", Length = coding is null ? size : null }, body);
        Assert.Equal((200, true), (reply.Status, reply.IsReused));
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(reply.Reply.BodyBytes));
    }

    [Fact]
    public async Task Connections_that_are_used_many_times_at_once_mix_nothing_up_CVE_2024_6162_CVE_2012_3502_CVE_2026_103119()
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s %s ' \"$PATH_INFO\" \"$QUERY_STRING\"; cat", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            using AjpClient connection = await program.ConnectAsync();
            for (int i = 0; i < 50; i++)
            {
                byte[] body = Encoding.ASCII.GetBytes($"{client}-{i}");
                await connection.Connection.SendAsync(AjpClient.CPing);
                Assert.Equal(AjpPacket.CPong, (await connection.ReceiveAsync())!.Type);
                AjpReply reply = await connection.ExchangeAsync(new AjpRequestData { Method = "POST", Uri = $"/a.cgi/{client}/{i}", Query = $"{i}", Length = i % 3 == 0 ? null : body.Length }, body);
                Assert.Equal(($"/{client}/{i} {i} {client}-{i}", true), (reply.Body, reply.IsReused));
            }
        }));
    }

    [Fact]
    public async Task An_early_refusal_of_a_large_upload_arrives_and_ends_the_connection()
    {
        Folder.Shell("printf 'Status: 413 Too Large\\nContent-Type: text/plain\\n\\nno'", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        AjpReply reply = await program.AskAsync(new AjpRequestData { Method = "POST", Uri = "/a.cgi", Length = 20 << 20 }, new byte[20 << 20]);
        Assert.Equal((413, "no", true), (reply.Status, reply.Body, reply.IsComplete));
        Assert.False(reply.IsReused && reply.Packets.Count(packet => packet.Type == AjpPacket.GetBodyChunk) < (20 << 20) / 8186);
    }

    [Fact]
    public async Task A_body_larger_than_max_body_is_a_413_and_nothing_runs()
    {
        Folder.MarkingScript("a.cgi");
        await using AjpProgram program = AjpProgram.Listen("--max-body", "1K", Folder.Target);
        AjpReply reply = await program.AskAsync(new AjpRequestData { Method = "POST", Uri = "/a.cgi", Length = 100_000 }, new byte[100_000]);
        Assert.Equal((413, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task A_script_that_dies_before_its_header_is_a_502_with_an_end_and_one_that_dies_later_has_none()
    {
        Folder.Shell("kill -9 $$", "early.cgi");
        Folder.Shell("printf 'Content-Type: text/plain\\n\\nstart'; kill -9 $$", "late.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        AjpReply early = await program.AskAsync(new AjpRequestData { Uri = "/early.cgi" });
        Assert.Equal((502, true), (early.Status, early.IsComplete));
        AjpReply late = await program.AskAsync(new AjpRequestData { Uri = "/late.cgi" });
        Assert.False(late.IsComplete);
    }

    [Fact]
    public async Task A_header_of_more_than_8_KiB_is_a_502_and_the_access_log_says_so()
    {
        string log = Folder.PathTo("access.log");
        Folder.Perl("print \"Content-Type: text/plain\\nX-Long: \", 'x' x 9000, \"\\n\\npage\";", "long.cgi");
        Folder.Perl("print \"Content-Type: text/plain\\nX-Long: \", 'x' x 8000, \"\\n\\npage\";", "fits.cgi");
        await using AjpProgram program = AjpProgram.Listen("--access-log", log, Folder.Target);
        AjpReply reply = await program.AskAsync(new AjpRequestData { Uri = "/long.cgi" });
        Assert.Equal((502, true), (reply.Status, reply.IsComplete));
        Assert.Equal("page", (await program.AskAsync(new AjpRequestData { Uri = "/fits.cgi" })).Body);
        await Patience.UntilAsync(() => File.Exists(log) && File.ReadAllLines(log).Length == 2, "two lines in the access log");
        Assert.Contains("\"GET /long.cgi HTTP/1.1\" 502 ", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.Contains("\"GET /fits.cgi HTTP/1.1\" 200 4 ", File.ReadAllText(log), StringComparison.Ordinal);
        await program.Program.WaitForLogAsync("longer than the 8 KiB");
    }

    [Fact]
    public async Task What_a_script_has_written_before_it_waits_is_passed_on()
    {
        Gate gate = Folder.Gate();
        Folder.Shell($"printf 'Content-Type: text/plain\\n\\nfirst'; {gate.Pass}; printf second", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        using AjpClient client = await program.ConnectAsync();
        await client.Connection.SendAsync(new AjpRequestData { Uri = "/a.cgi" }.ToBytes());
        var packets = new List<AjpPacket>();
        while (packets.LastOrDefault() is not { Type: AjpPacket.SendBodyChunk, Number: 0 })
            packets.Add((await client.ReceiveAsync())!);
        Assert.Equal("first", new AjpReply(packets).Body);
        await gate.OpenAsync();
        packets.AddRange((await client.ReceiveReplyAsync()).Packets);
        Assert.Equal("firstsecond", new AjpReply(packets).Body);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_script()
    {
        Witness witness = Folder.Witness();
        Folder.Shell($"{witness.Appear}; printf 'Content-Type: text/plain\\n\\nfirst'; sleep 1000", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        using (AjpClient client = await program.ConnectAsync())
        {
            await client.Connection.SendAsync(new AjpRequestData { Uri = "/a.cgi" }.ToBytes());
            await witness.LineAsync();
        }
        await witness.GoneAsync();
    }

    [Fact]
    public async Task SHUTDOWN_ends_one_connection_and_nothing_else()
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\nstill here'", "a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        using AjpClient client = await program.ConnectAsync();
        await client.Connection.SendAsync(AjpRequestData.Packet(7));
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal("still here", (await program.AskAsync(new AjpRequestData { Uri = "/a.cgi" })).Body);
        await program.Program.WaitForLogAsync("of type 7, which is not a request");
    }

    [Fact]
    public async Task An_upload_of_lighttpd_without_inner_lengths_is_a_400_and_the_log_has_the_cure()
    {
        Folder.MarkingScript("a.cgi");
        await using AjpProgram program = AjpProgram.Listen(Folder.Target);
        using AjpClient client = await program.ConnectAsync();
        await client.Connection.SendAsync((byte[])[.. new AjpRequestData { Method = "POST", Uri = "/a.cgi", Length = 10, HasPort = false }.ToBytes(), .. AjpRequestData.Packet("name=value"u8.ToArray())]);
        AjpReply reply = await client.ReceiveReplyAsync();
        Assert.Equal((400, false), (reply.Status, reply.IsReused));
        await program.Program.WaitForLogAsync("fastcgi.server or scgi.server");
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task An_attribute_that_the_administrator_has_named_reaches_the_script()
    {
        Folder.EnvironmentScript("env.cgi");
        await using AjpProgram program = AjpProgram.Listen("--attribute", "GEO", Folder.Target);
        ILookup<string, string> environment = EnvironmentOf(await program.AskAsync(new AjpRequestData { Uri = "/env.cgi", Attributes = [.. AjpRequestData.RequestAttribute("GEO", "NZ"), .. AjpRequestData.RequestAttribute("OTHER", "x")] }));
        Assert.Equal(["NZ"], environment["GEO"]);
        Assert.Empty(environment["OTHER"]);
    }

    private static ILookup<string, string> EnvironmentOf(AjpReply reply) =>
        Encoding.Latin1.GetString(reply.Reply.BodyBytes).Split('\0', StringSplitOptions.RemoveEmptyEntries).ToLookup(entry => entry.Split('=', 2)[0], entry => entry.Split('=', 2)[1]);
}
