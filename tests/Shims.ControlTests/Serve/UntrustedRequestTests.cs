using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>Requests of other sites, aborted uploads and invalid headers, sent to <c>shimctl serve</c>.</summary>
public sealed class UntrustedRequestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Notes => _folder.PathTo("notes");

    public void Dispose() => _folder.Dispose();

    [Theory, Trait("fault", "L13")]
    [InlineData("no-cors", "image")]
    [InlineData("no-cors", "script")]
    [InlineData("no-cors", "empty")]
    [InlineData("cors", "empty")]
    [InlineData("navigate", "iframe")]
    [InlineData("websocket", "websocket")]
    public async Task Page_of_another_site_cannot_run_a_served_script_unseen(string mode, string destination)
    {
        await using ShimctlServe server = await StartNotingAsync();
        foreach (string method in new[] { "GET", "POST" })
        {
            ScriptReply reply = await new Browser(server.Url.Port).SendAsync(method, "/note.cgi", ["Sec-Fetch-Site: cross-site", $"Sec-Fetch-Mode: {mode}", $"Sec-Fetch-Dest: {destination}"]);
            Assert.Equal(403, reply.Status);
            Assert.Contains("Cross-site request refused", reply.Body, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Notes));
    }

    [Theory, Trait("fault", "L13")]
    [InlineData("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty")]
    [InlineData("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty")]
    [InlineData("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("X-Any: none")]
    public async Task Links_from_other_sites_and_requests_of_own_pages_reach_a_served_script(params string[] headers)
    {
        await using ShimctlServe server = await StartNotingAsync();
        Assert.Equal(200, (await new Browser(server.Url.Port).GetAsync("/note.cgi", headers)).Status);
        Assert.True(File.Exists(Notes));
    }

    [Theory, Trait("fault", "L13"), InlineData("xn--lcalhost-"), InlineData("xn--"), InlineData("a.xn--0.localhost"), InlineData("xn--lcalhost-:80")]
    public async Task Host_header_that_cannot_be_decoded_is_refused(string host)
    {
        await using ShimctlServe server = await StartNotingAsync();
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}");
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        var reply = ScriptReply.ParseHttp((await connection.ReceiveToEndAsync()).Bytes);
        Assert.Equal(host.EndsWith(".localhost", StringComparison.Ordinal) ? 200 : 403, reply.Status);
    }

    [Theory, Trait("fault", "L13"), InlineData("+5"), InlineData("-5"), InlineData("5 5"), InlineData("0x5"), InlineData("5,5"), InlineData("99999999999999999999"), InlineData("000000000000000000000000000005")]
    public async Task Content_Length_that_is_not_a_number_is_refused(string length)
    {
        await using ShimctlServe server = await StartNotingAsync();
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}");
        await connection.SendAsync(Encoding.ASCII.GetBytes($"POST /note.cgi HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\nHello"));
        Assert.Equal(400, ScriptReply.ParseHttp((await connection.ReceiveToEndAsync()).Bytes).Status);
        Assert.False(File.Exists(Notes));
    }

    [Theory, Trait("fault", "L13"), InlineData("5"), InlineData("0005")]
    public async Task Content_Length_with_leading_zeros_is_accepted(string length)
    {
        _folder.WriteScript("length.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' \"$(head -c \"$CONTENT_LENGTH\")\"\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}");
        await connection.SendAsync(Encoding.ASCII.GetBytes($"POST /length.cgi HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\nHello"));
        Assert.Equal("Hello", ScriptReply.ParseHttp((await connection.ReceiveToEndAsync()).Bytes).Body);
    }

    [Fact, Trait("fault", "M9")]
    public async Task Chunked_upload_that_is_aborted_leaves_no_temporary_file()
    {
        string spool = _folder.MakeFolder("tmp");
        _folder.WriteScript("note.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n");
        await using ShimctlServe server = await ShimctlServe.StartAfterAsync($"export TMPDIR={spool}", _folder.Path);
        // A first request, so that files that are opened once are open.
        Assert.Equal(200, (await new Browser(server.Url.Port).GetAsync("/note.cgi")).Status);
        for (int round = 0; round < TestExtent.Of(5, 200); round++)
        {
            using (Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}"))
            {
                await connection.SendAsync(Encoding.ASCII.GetBytes("POST /note.cgi HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n"));
                await connection.SendAsync(new byte[0x80000]);
                await Patience.UntilAsync(() => Spools(server).Length == 1, "the upload was being kept");
                Assert.Empty(FilesIn(spool));
            }
            await Patience.UntilAsync(() => Spools(server).Length == 0, "the file was closed");
        }
        Assert.Empty(FilesIn(spool));
        await Patience.UntilAsync(() => server.Log.Contains("aborted  POST /note.cgi", StringComparison.Ordinal), "the request was logged as aborted");
    }

    [Fact, Trait("fault", "M9")]
    public async Task Chunked_upload_over_100_MiB_is_refused()
    {
        const int bound = 100 * 1024 * 1024, piece = 1024 * 1024;
        _folder.WriteScript("note.cgi", $"#!/bin/sh\necho run >>{Notes}\nprintf 'Content-Type: text/plain\\n\\n'\nexec wc -c\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        Assert.Equal($"{bound}", (await SendChunksAsync(server, bound / piece, piece)).Body.Trim());
        File.Delete(Notes);
        ScriptReply refusal = await SendChunksAsync(server, (bound / piece) + 1, piece);
        Assert.Equal(413, refusal.Status);
        Assert.Contains("Send a Content-Length", refusal.Body, StringComparison.Ordinal);
        Assert.False(File.Exists(Notes));
    }

    [Theory, InlineData("80000000"), InlineData("ffffffffffffffff"), InlineData("zz")]
    public async Task A_chunk_whose_size_is_not_a_number_or_too_large_gets_a_400(string size)
    {
        _folder.WriteScript("note.cgi", $"#!/bin/sh\necho run >>{Notes}\nprintf 'Content-Type: text/plain\\n\\n'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}");
        await connection.SendAsync(Encoding.ASCII.GetBytes($"POST /note.cgi HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{size}\r\nhello"));
        ScriptReply refusal = ScriptReply.ParseHttp((await connection.ReceiveToEndAsync()).Bytes);
        Assert.True(refusal.Status == 400 && refusal.Body.Length > 0, $"{refusal.Status}: {refusal.Body}");
        Assert.False(File.Exists(Notes));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_does_not_keep_the_list_of_scripts_from_being_shown()
    {
        _folder.WriteScript("hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n");
        File.CreateSymbolicLink(_folder.PathTo("lost"), "/nowhere");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        ScriptReply list = await new Browser(server.Url.Port).GetAsync("/");
        Assert.Equal(200, list.Status);
        Assert.Contains("hello.cgi", list.Body, StringComparison.Ordinal);
    }

    private static async Task<ScriptReply> SendChunksAsync(ShimctlServe server, int count, int size)
    {
        using Connection connection = await Connection.OpenAsync($"127.0.0.1:{server.Url.Port}");
        await connection.SendAsync(Encoding.ASCII.GetBytes("POST /note.cgi HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
        byte[] chunk = [.. Encoding.ASCII.GetBytes($"{size:x}\r\n"), .. new byte[size], .. "\r\n"u8];
        // The response may arrive, and the connection end, before everything has been sent.
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
                await connection.SendAsync(chunk);
            await connection.SendAsync("0\r\n\r\n"u8.ToArray());
        });
        Received received = await connection.ReceiveToEndAsync();
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return ScriptReply.ParseHttp(received.Bytes);
    }

    /// <summary>Files without a name that the server has open, except those for standard error of programs.</summary>
    private static string[] Spools(ShimctlServe server)
    {
        return [.. Directory.GetFiles($"/proc/{server.ProcessId}/fd").Select(LinkOf).Where(static link => link.Contains("/tmp/#", StringComparison.Ordinal))];

        static string LinkOf(string descriptor)
        {
            try
            {
                return new FileInfo(descriptor).LinkTarget ?? "";
            }
            catch (IOException)
            {
                return ""; // It has been closed in the meantime.
            }
        }
    }

    /// <summary>Files with a name, except the sockets of the .NET runtime.</summary>
    private static string[] FilesIn(string folder) => [.. Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).StartsWith("clr-debug-", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("dotnet-diagnostic-", StringComparison.Ordinal))];

    private async Task<ShimctlServe> StartNotingAsync()
    {
        _folder.WriteScript("note.cgi", $"#!/bin/sh\necho run >>{Notes}\nprintf 'Content-Type: text/plain\\n\\n'\n");
        return await ShimctlServe.StartAsync(_folder.Path);
    }
}
