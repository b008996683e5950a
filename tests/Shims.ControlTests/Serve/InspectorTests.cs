using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>The inspector of <c>shimctl serve</c>: the requests that it keeps, and who may read them.</summary>
public sealed class InspectorTests : IDisposable
{
    private const string Echo = "#!/bin/sh\nprintf 'Content-Type: text/plain\\nX-Script: yes\\n\\n'\necho 'a word on the side' >&2\nexec head -c \"${CONTENT_LENGTH:-0}\"\n";

    private readonly TemporaryFolder _folder = new();

    public InspectorTests() => _folder.WriteScript("echo.cgi", Echo);

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Inspector_records_request_response_and_standard_error(string protocol)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "X-Asked", "for" } } };
        await client.PostAsync("/echo.cgi?a=b", new StringContent("some text"));
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        Assert.Equal("done", details.Text("summary", "state"));
        Assert.Equal("200", details.Text("summary", "status"));
        Assert.Equal("/echo.cgi?a=b", details.Text("summary", "target"));
        Assert.Equal("exit status 0", details.Text("exit"));
        Assert.Equal("some text", details.Text("requestBody", "text"));
        Assert.Equal("some text", details.Text("responseBody", "text"));
        Assert.Equal("a word on the side\n", details.Text("standardError", "text"));
        Assert.Contains("""["X-Asked","for"]""", details.Text("requestHeaders"), StringComparison.Ordinal);
        Assert.Contains("""["HTTP_X_ASKED","for"]""", details.Text("variables"), StringComparison.Ordinal);
        Assert.Contains("""["X-Script","yes"]""", details.Text("responseHeaders"), StringComparison.Ordinal);
    }

    [Theory, InlineData("--scgi", true), InlineData("--fastcgi", false), InlineData("--uwsgi", false), InlineData("--ajp", true)]
    public async Task Inspector_divides_the_time_of_a_request_into_start_shim_script_and_response(string protocol, bool isShimSeen)
    {
        _folder.WriteScript("slow.cgi", "#!/bin/sh\nsleep 0.3\nprintf 'Content-Type: text/plain\\n\\n'\nsleep 0.2\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetStringAsync("/slow.cgi");
        JsonElement summary = (await InspectorClient.DetailsAsync(client, 1)).GetProperty("summary");
        double?[] phases = [.. summary.GetProperty("phases").EnumerateArray().Select(phase => phase.ValueKind == JsonValueKind.Null ? (double?)null : phase.GetDouble())];
        Assert.Equal(summary.GetProperty("total").GetDouble(), phases.Sum()!.Value, 0.1);
        Assert.All(phases, phase => Assert.False(phase <= 0));
        Assert.Equal(isShimSeen, phases[1] is not null);
        // sleep does not end early, but on a busy machine it may have begun before the server read the clock.
        Assert.True(phases[2] >= 200, $"the script slept for 300 ms before its first byte, but was given {phases[2]}");
        // If the first byte is read late, the time counts for the script and not for the response.
        Assert.True(phases[2] + phases[3] >= 400, $"the script slept for 500 ms, but was given {phases[2]} and {phases[3]}");
    }

    [Fact]
    public async Task Inspector_sends_a_recorded_request_again()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.PostAsync("/echo.cgi?a=b", new StringContent("some text"));
        await InspectorClient.DetailsAsync(client, 1);
        using HttpResponseMessage answer = await client.PostAsync("/_shims/requests/1/replay", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(2, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32());
        JsonElement again = await InspectorClient.DetailsAsync(client, 2);
        Assert.Equal("1", again.Text("summary", "replayOf"));
        Assert.Equal("/echo.cgi?a=b", again.Text("summary", "target"));
        Assert.Equal("some text", again.Text("responseBody", "text"));
    }

    [Fact]
    public async Task Inspector_refuses_to_send_a_request_again_whose_body_was_cut()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.PostAsync("/echo.cgi", new ByteArrayContent(new byte[2_000_000]));
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        Assert.Contains("2000000 bytes", details.Text("whyNoReplay"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync("/_shims/requests/1/replay", null)).StatusCode);
    }

    [Theory, InlineData("plain text"), InlineData("it's $HOME and `more` @here\n"), InlineData("\u0000\u0001%\\'binary\u00ff")]
    public async Task Curl_command_of_the_inspector_sends_the_same_request(string body)
    {
        Requires.Tools("curl");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(body);
        await client.PutAsync("/echo.cgi?it='s", new ByteArrayContent(bytes));
        string command = (await InspectorClient.DetailsAsync(client, 1)).Text("curl");
        string output = await Command.RunAsync("sh", ["-c", command.Replace("curl -i", "curl -s -o " + _folder.PathTo("answer"), StringComparison.Ordinal)]);
        Assert.Equal("", output);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder.PathTo("answer")));
        JsonElement[] both = [await InspectorClient.DetailsAsync(client, 1), await InspectorClient.DetailsAsync(client, 2)];
        Assert.Equal(both[0].Text("summary", "target"), both[1].Text("summary", "target"));
        Assert.Equal(both[0].Text("summary", "method"), both[1].Text("summary", "method"));
    }

    [Theory, InlineData("--scgi", "plain text"), InlineData("--fastcgi", "@it's"), InlineData("--scgi", "\u0000\u00ff"), InlineData("--uwsgi", "plain text"), InlineData("--ajp", "plain text")]
    public async Task Shimctl_request_command_of_the_inspector_needs_no_server(string protocol, string body)
    {
        string command;
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol))
        {
            using var client = new HttpClient { BaseAddress = server.Url };
            await client.PostAsync("/echo.cgi/more?a=b", new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(body)));
            command = (await InspectorClient.DetailsAsync(client, 1)).Text("shimctlRequest");
        }
        await Command.RunAsync("sh", ["-c", $"PATH={Repository.PathTo("bin")}:$PATH; {command} >{_folder.PathTo("answer")} 2>/dev/null"]);
        string answer = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_folder.PathTo("answer")));
        Assert.Contains("X-Script: yes", answer, StringComparison.Ordinal);
        Assert.EndsWith("\n\n" + body, answer.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Shimctl_request_command_of_the_inspector_sends_exactly_the_headers_of_the_browser(string protocol)
    {
        _folder.WriteScript("told.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nhead -c \"${CONTENT_LENGTH:-0}\"\necho\nenv | grep -E '^(HTTP_X|CONTENT_|REQUEST_METHOD)' | sort\n");
        string command, told;
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol))
        {
            using var client = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "X-A", "it's" }, { "X_A", "dropped" } } };
            using HttpResponseMessage answer = await client.PutAsync("/told.cgi", new ByteArrayContent("text"u8.ToArray()));
            told = await answer.Content.ReadAsStringAsync();
            command = (await InspectorClient.DetailsAsync(client, 1)).Text("shimctlRequest");
        }
        Assert.Contains("HTTP_X_A=it's\nREQUEST_METHOD=PUT\n", told, StringComparison.Ordinal);
        string again = await Command.RunAsync("sh", ["-c", $"PATH={Repository.PathTo("bin")}:$PATH; {command}"]);
        Assert.EndsWith("\n\n" + told, again.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory, InlineData("Origin", "http://stranger.example"), InlineData("Origin", "null"), InlineData("Sec-Fetch-Site", "cross-site"), InlineData("Host", "stranger.example")]
    public async Task Inspector_refuses_changes_by_a_page_of_another_site(string header, string value)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetStringAsync("/echo.cgi");
        await InspectorClient.DetailsAsync(client, 1);
        foreach (string path in new[] { "/_shims/requests/1/replay", "/_shims/clear" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { header, value } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
        }
        Assert.Single(await InspectorClient.RequestsAsync(client, requests => requests.Count > 0));
    }

    [Theory, InlineData("/_shims/events"), InlineData("/_shims/requests/1"), InlineData("/echo.cgi"), InlineData("/")]
    public async Task Server_refuses_host_names_of_other_sites(string path)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, "--allow-host", "shims.test");
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetStringAsync("/echo.cgi");
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = $"stranger.example:{server.Url.Port}" } };
        using HttpResponseMessage refusal = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
        Assert.Contains("--allow-host", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var allowed = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "shims.test" } };
        using HttpResponseMessage answer = await client.SendAsync(allowed, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Inspector_page_loads_nothing_from_other_sites()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string path in new[] { "/_shims/", "/_shims/style.css", "/_shims/inspector.js", "/_shims/dom.js", "/_shims/list.js", "/_shims/details.js", "/_shims/bodies.js", "/_shims/edit.js", "/_shims/compare.js", "/_shims/keys.js", "/_shims/live.js" })
        {
            using HttpResponseMessage answer = await client.GetAsync(path);
            Assert.StartsWith("default-src 'none'; script-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            string text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Inspector_forgets_requests_that_are_cleared()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetStringAsync("/echo.cgi");
        await client.PostAsync("/_shims/clear", null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_shims/requests/1")).StatusCode);
        await client.GetStringAsync("/echo.cgi");
        Assert.Equal(2, (await InspectorClient.RequestsAsync(client, requests => requests.Count > 0)).Single().GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Inspector_keeps_the_last_500_requests_and_leaks_no_memory_processes_or_descriptors()
    {
        const int kept = 500;
        int total = TestExtent.Of(1_000, 10_000);
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.WriteScript("hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nHello'\n"));
        using var client = new HttpClient { BaseAddress = server.Url };
        // One listener that never reads its events, and one that does.
        using HttpResponseMessage deaf = await client.GetAsync("/_shims/events", HttpCompletionOption.ResponseHeadersRead);
        Task<List<JsonElement>> looking = InspectorClient.RequestsAsync(client, requests => requests.LastOrDefault() is { ValueKind: JsonValueKind.Object } last && last.GetProperty("id").GetInt32() == total && last.Text("state") == "done");
        await SendAsync(total / 5);
        long early = ResidentMemory(server);
        await SendAsync(total - total / 5);
        Assert.InRange(ResidentMemory(server) - early, long.MinValue, 64L * 1024 * 1024);
        Assert.NotEmpty(await looking);
        List<JsonElement> rest = await InspectorClient.RequestsAsync(client, requests => requests.Count >= kept);
        Assert.Equal(Enumerable.Range(total - kept + 1, kept), rest.Select(request => request.GetProperty("id").GetInt32()));
        await Patience.UntilAsync(() => server.Descendants.Count == 0, "every program had ended and been collected");
        await Patience.UntilAsync(() => Directory.GetFiles($"/proc/{server.ProcessId}/fd").Length < 100, "every descriptor was closed");

        Task SendAsync(int count) => Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, cancellation) => Assert.Equal("Hello", await client.GetStringAsync("/", cancellation)));
    }

    private static long ResidentMemory(ShimctlServe server) =>
        long.Parse(File.ReadLines($"/proc/{server.ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..^"kB".Length].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
