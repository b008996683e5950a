using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>Editing and sending, pinning, saving and loading requests in the inspector.</summary>
public sealed class InspectorActionTests : IDisposable
{
    private const string Echo = "#!/bin/sh\nprintf 'Content-Type: text/plain\\nX-Method: %s %s\\n\\n' \"$REQUEST_METHOD\" \"$HTTP_X_NEW\"\nexec head -c \"${CONTENT_LENGTH:-0}\"\n";

    private readonly TemporaryFolder _folder = new();

    public InspectorActionTests() => _folder.WriteScript("echo.cgi", Echo);

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("changed body", "changed body"), InlineData(null, "first body")]
    public async Task An_edited_request_is_sent(string? body, string answer)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.PostAsync("/echo.cgi", new StringContent("first body"));
        await InspectorClient.DetailsAsync(client, 1);
        var edited = new { id = 1, method = "PUT", target = "/echo.cgi?x=%20y", headers = new[] { new[] { "X-New", "yes" }, ["Content-Length", "9999"] }, body };
        Assert.Equal((HttpStatusCode.Accepted, 2), await SendAsync(client, edited));
        JsonElement sent = await InspectorClient.DetailsAsync(client, 2);
        Assert.Equal(("PUT", "/echo.cgi?x=%20y", "edited #1"), (sent.Text("summary", "method"), sent.Text("summary", "target"), sent.Text("summary", "origin")));
        Assert.Equal(answer, sent.Text("responseBody", "text"));
        Assert.Contains("""["X-Method","PUT yes"]""", sent.Text("responseHeaders"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GE T", "/echo.cgi", "A", "b")]
    [InlineData("", "/echo.cgi", "A", "b")]
    [InlineData("GET", "http://stranger.example/", "A", "b")]
    [InlineData("GET", "echo.cgi", "A", "b")]
    [InlineData("GET", "/echo.cgi\r\nX: y", "A", "b")]
    [InlineData("GET", "/../..", "A", "b")]
    [InlineData("GET", "/echo.cgi", "A B", "b")]
    [InlineData("GET", "/echo.cgi", "", "b")]
    [InlineData("GET", "/echo.cgi", "A", "b\r\nC: d")]
    [InlineData("GET", "/echo.cgi", "A", "b\u0000")]
    public async Task An_edited_request_that_is_malformed_is_refused_with_the_reason(string method, string target, string name, string value)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetAsync("/echo.cgi");
        var edited = new { id = 1, method, target, headers = new[] { new[] { name, value } }, body = "x" };
        using HttpResponseMessage refusal = await client.PostAsync("/_shims/send", JsonContent.Create(edited));
        Assert.Equal(HttpStatusCode.Conflict, refusal.StatusCode);
        Assert.NotEqual("", (await refusal.Content.ReadFromJsonAsync<JsonElement>()).Text("reason"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_shims/requests/2")).StatusCode);
    }

    [Theory, InlineData("{}"), InlineData("null"), InlineData("[]"), InlineData("{\"id\":1,\"method\":\"GET\",\"target\":\"/\",\"headers\":[[\"A\"]]}"), InlineData("no JSON")]
    public async Task An_edited_request_that_is_not_complete_is_refused(string json)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetAsync("/echo.cgi");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/_shims/send", new StringContent(json))).StatusCode);
    }

    [Fact]
    public async Task A_body_of_the_page_that_is_too_large_is_refused()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string path in new[] { "/_shims/send", "/_shims/capsules" })
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PostAsync(path, new ByteArrayContent(new byte[9 << 20]))).StatusCode);
    }

    [Theory, InlineData("/_shims/send"), InlineData("/_shims/capsules"), InlineData("/_shims/requests/1/pin")]
    public async Task A_page_of_another_site_changes_nothing(string path)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetAsync("/echo.cgi");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Origin", "http://stranger.example" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_pinned_request_stays_when_the_list_is_cleared_and_when_newer_ones_come()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetAsync("/echo.cgi?kept");
        await client.GetAsync("/echo.cgi?lost");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/_shims/requests/1/pin", null)).StatusCode);
        await client.PostAsync("/_shims/clear", null);
        JsonElement only = Assert.Single(await InspectorClient.RequestsAsync(client, requests => requests.Count > 0));
        Assert.Equal(("/echo.cgi?kept", "True"), (only.Text("target"), only.Text("isPinned")));
        // 404 pages of the shim are the fastest requests.
        await Parallel.ForAsync(0, 505, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) => await client.GetAsync("/none", cancellation));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/_shims/requests/1")).StatusCode);
        await client.PostAsync("/_shims/requests/1/unpin", null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_shims/requests/1")).StatusCode);
    }

    [Fact]
    public async Task More_than_50_requests_cannot_be_pinned()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        for (int id = 1; id <= 51; id++)
        {
            await client.GetAsync("/none");
            HttpStatusCode expected = id <= 50 ? HttpStatusCode.OK : HttpStatusCode.Conflict;
            Assert.Equal(expected, (await client.PostAsync($"/_shims/requests/{id}/pin", null)).StatusCode);
        }
    }

    [Theory, InlineData("", false), InlineData("?secrets=1", true)]
    public async Task A_saved_HAR_file_holds_secrets_only_if_asked_for(string query, bool isKept)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = server.Url, DefaultRequestHeaders = { { "Cookie", "theme=c00kievalue" }, { "Authorization", "Bearer t0kenvalue" } } };
        await client.PostAsync("/echo.cgi?api_key=k3yvalue&a=b", new FormUrlEncodedContent([new("password", "p4ssvalue"), new("name", "Ada")]));
        await InspectorClient.DetailsAsync(client, 1);
        foreach (string path in new[] { "/_shims/requests/1.har", "/_shims/requests.har" })
        {
            using HttpResponseMessage answer = await client.GetAsync(path + query);
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            string text = await answer.Content.ReadAsStringAsync();
            foreach (string secret in new[] { "c00kievalue", "t0kenvalue", "k3yvalue", "p4ssvalue" })
                Assert.Equal(isKept, text.Contains(secret, StringComparison.Ordinal));
            JsonElement entry = JsonDocument.Parse(text).RootElement.GetProperty("log").GetProperty("entries")[0];
            Assert.Equal("POST", entry.Text("request", "method"));
            Assert.Contains("name=Ada", entry.Text("request", "postData", "text"), StringComparison.Ordinal);
            Assert.Equal("200", entry.Text("response", "status"));
            Assert.True(DateTimeOffset.TryParse(entry.Text("startedDateTime"), out _));
        }
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi")]
    public async Task A_saved_capsule_is_shown_and_replayed_by_shimctl(string protocol)
    {
        _folder.WriteScript("sum.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s %s ' \"$QUERY_STRING\" \"$HTTP_X_ASKED\"\nhead -c \"$CONTENT_LENGTH\"\necho 'a warning' >&2\nexit 4\n");
        string file = _folder.PathTo("saved.capsule");
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol))
        {
            using var client = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "X-Asked", "for" }, { "Cookie", "sid=s3cretvalue" } } };
            await client.PostAsync("/sum.cgi?a=b", new StringContent("the body"));
            await InspectorClient.DetailsAsync(client, 1);
            await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync("/_shims/requests/1.capsule"));
        }
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string shown = await Command.RunAsync(Repository.Program("shimctl"), ["show", file]);
        Assert.Contains("POST /sum.cgi?a=b", shown, StringComparison.Ordinal);
        Assert.Contains("exit 4", shown, StringComparison.Ordinal);
        Assert.Contains("a warning", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cretvalue", shown, StringComparison.Ordinal);
        // As root, shimctl runs nothing of a capsule that root owns.
        if (Environment.IsPrivilegedProcess)
            await Command.RunAsync("sh", ["-c", $"chown nobody {file} && chmod 755 {_folder.Path}"]);
        string replayed = await Command.RunAsync("sh", ["-c", $"{Repository.Program("shimctl")} replay {file} 2>/dev/null; true"]);
        Assert.True(replayed.Contains("a=b for the body", StringComparison.Ordinal), replayed);
    }

    [Fact]
    public async Task A_capsule_of_production_is_loaded_and_its_request_sent_to_the_script_here()
    {
        byte[] capsule;
        using (var production = new TemporaryFolder())
        {
            production.WriteScript("echo.cgi", "#!/bin/sh\ncat >/dev/null\necho 'disk full' >&2\nexit 1\n");
            string records = production.MakeFolder("records");
            await Command.RunAsync("sh", ["-c", $"{Repository.Program("shimctl")} request --to exec:'{Repository.Program("scgi-run")} --record {records} {production.Path}/' " +
                $"-d 'what was sent' -H 'X-New: then' '/cgi-bin/echo.cgi/more?q=1' --script-filename {production.PathTo("echo.cgi")} >/dev/null 2>&1; true"]);
            capsule = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(records)));
        }
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        using HttpResponseMessage loaded = await client.PostAsync("/_shims/capsules", new ByteArrayContent(capsule));
        Assert.Equal(HttpStatusCode.Created, loaded.StatusCode);
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        Assert.StartsWith("capsule ", details.Text("summary", "origin"), StringComparison.Ordinal);
        Assert.Equal(("exit 1", "True"), (details.Text("summary", "badEnd"), details.Text("summary", "isFailed")));
        Assert.Contains("disk full", details.Text("standardError", "text"), StringComparison.Ordinal);
        Assert.Equal("what was sent", details.Text("requestBody", "text"));
        Assert.NotEqual("[]", details.Text("environment"));
        await client.PostAsync("/_shims/requests/1/replay", null);
        JsonElement again = await InspectorClient.DetailsAsync(client, 2);
        Assert.Equal("/echo.cgi/more?q=1", again.Text("summary", "target"));
        Assert.Equal("what was sent", again.Text("responseBody", "text"));
        Assert.Contains("POST then", again.Text("responseHeaders"), StringComparison.Ordinal);
        Assert.Equal(_folder.PathTo("echo.cgi"), again.Text("script"));
    }

    [Theory, InlineData(""), InlineData("{\"log\":{}}"), InlineData("shims-capsule 1\n"), InlineData("shims-capsule 9\n")]
    public async Task A_file_that_is_not_a_capsule_is_refused_with_the_reason(string content)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        using HttpResponseMessage refusal = await client.PostAsync("/_shims/capsules", new StringContent(content));
        Assert.Equal(HttpStatusCode.Conflict, refusal.StatusCode);
        Assert.Contains("capsule", (await refusal.Content.ReadFromJsonAsync<JsonElement>()).Text("reason"), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode, int)> SendAsync(HttpClient client, object edited)
    {
        using HttpResponseMessage answer = await client.PostAsync("/_shims/send", JsonContent.Create(edited));
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32());
    }
}
