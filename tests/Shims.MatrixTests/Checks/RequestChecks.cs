namespace Shims.MatrixTests;

/// <summary>What a script is told, and what of its answer arrives.</summary>
internal static class RequestChecks
{
    internal static async Task PageAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/page.cgi?first");
        Assert.Equal((200, "A page: first\n", true), (reply.Status, reply.Body, reply.IsComplete));
        Assert.Equal("text/plain; charset=utf-8", reply.Header("Content-Type"), ignoreCase: true);
        Assert.Equal(["a=1", "b=2"], reply.HeaderValues("Set-Cookie"));
        Assert.Equal(["one", "two"], reply.HeaderValues("X-Twice").SelectMany(value => value.Split(", ")));
    }

    internal static async Task QueryAsync(RunningFront front)
    {
        // Not %2f, %41 or %00: lighttpd writes the first two differently, and refuses the third.
        const string query = "a=%20b&c=%2F&c=%2F&%C3%A9=+%2B;x[]=~'()*!@:/?&=&&";
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/env.cgi?" + query);
        Assert.Equal(200, reply.Status);
        Assert.Equal(query, reply.Environment["QUERY_STRING"]);
    }

    internal static async Task PathInfoAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/env.cgi/a%20b/%C3%A9%E2%82%AC/c%2Fd/~x;y=1,2+3@z?q");
        Assert.Equal(200, reply.Status);
        // Apache keeps the %2F, all others decode it; a script gets the same from all of them.
        Assert.Equal($"/a b/é€/c/d/~x;y=1,2+3@z", reply.Environment["PATH_INFO"]);
        Assert.Equal("/cgi-bin/env.cgi", reply.Environment["SCRIPT_NAME"]);
        Assert.Equal("q", reply.Environment["QUERY_STRING"]);
    }

    internal static async Task EnvironmentAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/env.cgi", "X-Matrix: v", "X-A: 1", "X-A: 2", "Cookie: a=b", "Proxy: http://evil.test/");
        Assert.Equal(200, reply.Status);
        IReadOnlyDictionary<string, string> environment = reply.Environment;
        string script = front.Installation.AddressOf("/srv/cgi-bin/env.cgi");
        string[] expected =
        [
            "GATEWAY_INTERFACE=CGI/1.1", "HTTP_COOKIE=a=b", "HTTP_X_A=1, 2", "HTTP_X_MATRIX=v", "QUERY_STRING=", "REMOTE_ADDR=127.0.0.1", "REQUEST_METHOD=GET",
            "REQUEST_URI=/cgi-bin/env.cgi", $"SCRIPT_FILENAME={script}", "SCRIPT_NAME=/cgi-bin/env.cgi", $"SERVER_PORT={front.Browser.Port}", "SERVER_PROTOCOL=HTTP/1.1",
        ];
        Assert.Equal(expected, expected.Select(pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)])
            .Select(name => $"{name}={environment.GetValueOrDefault(name, "(absent)")}"));
        Assert.NotEqual("", environment.GetValueOrDefault("SERVER_NAME", ""));
        Assert.NotEqual("", environment.GetValueOrDefault("SERVER_SOFTWARE", ""));
        Assert.NotEqual("", environment.GetValueOrDefault("PATH", ""));
        Assert.DoesNotContain(environment.Keys, name => name is "PATH_INFO" or "PATH_TRANSLATED" or "CONTENT_LENGTH" or "HTTP_PROXY" or "HTTP_AUTHORIZATION" or "HTTP_CONTENT_LENGTH" or "HTTP_TRANSFER_ENCODING");
    }

    internal static async Task HeadAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.SendAsync("HEAD", "/cgi-bin/page.cgi");
        Assert.Equal((200, ""), (reply.Status, reply.Body));
        Assert.Equal("text/plain; charset=utf-8", reply.Header("Content-Type"), ignoreCase: true);
    }

    internal static async Task StatusesAsync(RunningFront front)
    {
        ScriptReply unchanged = await front.Browser.GetAsync("/cgi-bin/status.cgi?304");
        Assert.Equal((304, "\"page\"", ""), (unchanged.Status, unchanged.Header("ETag"), unchanged.Body));
        ScriptReply missing = await front.Browser.GetAsync("/cgi-bin/status.cgi?404");
        Assert.Equal((404, "No such page, says the script.\n"), (missing.Status, missing.Body));
        ScriptReply teapot = await front.Browser.GetAsync("/cgi-bin/status.cgi?418");
        Assert.Equal((418, "Short and stout.\n"), (teapot.Status, teapot.Body));
    }

    internal static async Task ConcurrentAsync(RunningFront front)
    {
        int next = 0;
        IReadOnlyList<(int Number, ScriptReply Reply)> answers = await Load.RunAsync(8 * 50, 8, async () =>
        {
            int number = Interlocked.Increment(ref next);
            return (number, await front.Browser.GetAsync($"/cgi-bin/page.cgi?{number}"));
        });
        Assert.All(answers, answer => Assert.Equal((200, $"A page: {answer.Number}\n", true), (answer.Reply.Status, answer.Reply.Body, answer.Reply.IsComplete)));
    }
}
