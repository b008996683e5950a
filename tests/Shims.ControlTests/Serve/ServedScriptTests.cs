using System.Net;
using System.Net.Sockets;
using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>Scripts of <c>shimctl serve</c>: their input, and their responses.</summary>
public sealed class ServedScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("--scgi", "scgi-run"), InlineData("--fastcgi", "fcgi-run"), InlineData("--uwsgi", "uwsgi-run"), InlineData("--ajp", "ajp-run")]
    public async Task Served_script_gets_the_variables_that_a_web_server_would_send(string protocol, string shim)
    {
        _folder.WriteScript("cgi-bin/env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nenv\ncat /proc/$PPID/comm\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        string[] lines = (await client.GetStringAsync("/cgi-bin/env.cgi/more/path?name=Ada%20L")).Split('\n');
        Assert.Contains("SCRIPT_NAME=/cgi-bin/env.cgi", lines);
        Assert.Contains("PATH_INFO=/more/path", lines);
        Assert.Contains("QUERY_STRING=name=Ada%20L", lines);
        Assert.Contains("REQUEST_METHOD=GET", lines);
        Assert.Contains("GATEWAY_INTERFACE=CGI/1.1", lines);
        Assert.Contains($"SCRIPT_FILENAME={_folder.Path}/cgi-bin/env.cgi", lines);
        // A web server that speaks AJP13 has no document root to tell of.
        if (shim != "ajp-run")
            Assert.Contains($"DOCUMENT_ROOT={_folder.Path}", lines);
        Assert.Contains($"SERVER_PORT={server.Url.Port}", lines);
        // scgi-run executes the script in its place, so the script's parent is the super-server; the others are parents of their own.
        Assert.Contains(shim == "scgi-run" ? "shimctl" : shim, lines);
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Served_script_gets_a_body_of_any_size_unchanged(string protocol)
    {
        _folder.WriteScript("echo.cgi", "#!/bin/sh\nprintf 'Content-Type: application/octet-stream\\n\\n'\nexec head -c \"$CONTENT_LENGTH\"\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (int size in new[] { 1, 60_000, 5_000_000 })
        {
            byte[] body = new byte[size];
            new Random(size).NextBytes(body);
            using HttpResponseMessage known = await client.PostAsync("/echo.cgi", new ByteArrayContent(body));
            Assert.Equal(body, await known.Content.ReadAsByteArrayAsync());
            // In chunks: the length is known only at the end, and the script gets CONTENT_LENGTH anyway.
            using var request = new HttpRequestMessage(HttpMethod.Post, "/echo.cgi") { Content = new ByteArrayContent(body), Headers = { TransferEncodingChunked = true } };
            using HttpResponseMessage unknown = await client.SendAsync(request);
            Assert.Equal(body, await unknown.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Response_of_a_served_script_is_streamed(string protocol)
    {
        string signal = _folder.PathTo("go");
        _folder.WriteScript("slow.cgi", $"#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nfirst\\n'\nwhile [ ! -e {signal} ]; do sleep 0.05; done\necho second\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        using var reader = new StreamReader(await client.GetStreamAsync("/slow.cgi"));
        Assert.Equal("first", await reader.ReadLineAsync());
        await File.WriteAllTextAsync(signal, "");
        Assert.Equal("second", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Upload_to_a_served_script_is_streamed(string protocol)
    {
        string seen = _folder.PathTo("seen");
        _folder.WriteScript("upload.cgi", $"#!/bin/sh\nhead -c 5 >{seen}.new\nmv {seen}.new {seen}\nhead -c 100000 >/dev/null\nprintf 'Content-Type: text/plain\\n\\nthanks'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync("POST /upload.cgi HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 100005\r\n\r\nfirst"u8.ToArray());
        await Patience.UntilAsync(() => File.Exists(seen), "the script had the first bytes");
        Assert.Equal("first", await File.ReadAllTextAsync(seen));
        await stream.WriteAsync(new byte[100_000]);
        Assert.EndsWith("thanks\r\n0\r\n\r\n", await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync());
    }

    [Theory, InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Truncated_response_of_a_served_script_aborts_the_connection_to_the_browser(string protocol)
    {
        _folder.WriteScript("dies.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhalf a page'\nkill -9 $$\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/dies.cgi"));
        Assert.Equal("truncated", (await InspectorClient.DetailsAsync(client, 1)).Text("summary", "state"));
    }

    [Theory, InlineData("--scgi", "exec sleep 1000"), InlineData("--fastcgi", "exec sleep 1000"), InlineData("--uwsgi", "exec sleep 1000"), InlineData("--ajp", "exec sleep 1000")]
    public async Task Served_scripts_end_with_the_server(string protocol, string last)
    {
        _folder.WriteScript("waits.cgi", $"#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nfirst\\n'\n{last}\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        using var reader = new StreamReader(await client.GetStreamAsync("/waits.cgi"));
        Assert.Equal("first", await reader.ReadLineAsync());
        int[] started = [.. server.Descendants];
        Assert.NotEmpty(started);
        server.Signal(2);
        LaunchResult end = await server.WaitForEndAsync();
        Assert.Equal(0, end.ExitCode);
        await Patience.UntilAsync(() => started.All(id => !Directory.Exists($"/proc/{id}")), "all processes had ended");
    }

    [Theory, InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Served_script_ends_when_the_browser_closes_the_connection(string protocol)
    {
        _folder.WriteScript("waits.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nfirst\\n'\nexec sleep 1000\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        using (var reader = new StreamReader(await client.GetStreamAsync("/waits.cgi")))
            Assert.Equal("first", await reader.ReadLineAsync());
        Assert.Equal("aborted", (await InspectorClient.DetailsAsync(client, 1)).Text("summary", "state"));
        await Patience.UntilAsync(() => server.Descendants.Count == 0, "nothing ran any more");
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Served_file_gets_every_path_as_PATH_INFO(string protocol)
    {
        string script = _folder.WriteScript("one.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s %s' \"$PATH_INFO\" \"$1\"\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(script, protocol, "--env", "A=B");
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("/some/where ", await client.GetStringAsync("/some/where"));
        Assert.Equal("/some where ", await client.GetStringAsync("/one.cgi/some%20where"));
    }

    [Fact]
    public async Task Served_app_is_started_as_under_inetd()
    {
        string app = _folder.WriteScript("app.py", """
            #!/usr/bin/env python3
            import os, socket
            connection = socket.socket(fileno=0)
            assert os.fstat(0).st_ino == os.fstat(1).st_ino == os.fstat(2).st_ino
            length = b""
            while not length.endswith(b":"):
                length += connection.recv(1)
            rest = int(length[:-1]) + 1
            while rest > 0:
                rest -= len(connection.recv(rest))
            connection.sendall(b"Status: 418 Teapot\r\nContent-Type: text/plain\r\n\r\n" + " ".join(sorted(os.listdir("/proc/self/fd"))).encode())
            """);
        Requires.Tools("python3");
        await using ShimctlServe server = await ShimctlServe.StartAsync(app, "--app");
        using var client = new HttpClient { BaseAddress = server.Url };
        using HttpResponseMessage answer = await client.GetAsync("/");
        Assert.Equal((HttpStatusCode)418, answer.StatusCode);
        // 3 is the directory that is listed. No other descriptor is open.
        Assert.Equal("0 1 2 3", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Server_keeps_running_after_invalid_requests()
    {
        _folder.WriteScript("headers.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\nContent-Length: 3\\n\\nmore than three'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/headers.cgi?" + new string('x', 9000)));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(new Uri(server.Url + "%zz", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/missing.cgi")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync("/", new StringContent(""))).StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/headers.cgi");
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(head)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }
}
