using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>What the inspector tells of a request: marks, decoded parts, the environment, search, and the difference between two.</summary>
public sealed class InspectedRequestTests : IDisposable
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Echo = "#!/bin/sh\nprintf 'Content-Type: text/plain\\nSet-Cookie: sid=a1; Path=/; HttpOnly\\n\\n'\nexec head -c \"${CONTENT_LENGTH:-0}\"\n";

    private readonly TemporaryFolder _folder = new();

    public InspectedRequestTests() => _folder.WriteScript("echo.cgi", Echo);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--scgi", "exit 3", "exit 3", "ended with exit status 3, so its response may be incomplete: no such table")]
    [InlineData("--fastcgi", "exit 3", "exit 3", "ended with exit status 3, so its response may be incomplete: no such table")]
    [InlineData("--scgi", "kill -9 $$", "signal 9", "was killed by signal 9, so its response may be incomplete: no such table")]
    public async Task A_request_whose_script_failed_after_its_page_is_marked_as_failed(string protocol, string end, string mark, string trouble)
    {
        _folder.WriteScript("dies.cgi", $"#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhalf a page'\necho 'no such table' >&2\n{end}\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/dies.cgi")).StatusCode);
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        Assert.Equal(("200", mark, "True"), (details.Text("summary", "status"), details.Text("summary", "badEnd"), details.Text("summary", "isFailed")));
        Assert.EndsWith(trouble, details.Text("trouble"), StringComparison.Ordinal);
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task A_request_whose_script_only_warned_is_not_marked_as_failed(string protocol)
    {
        _folder.WriteScript("warns.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\npage'\necho 'a warning' >&2\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.GetStringAsync("/warns.cgi");
        JsonElement summary = (await InspectorClient.DetailsAsync(client, 1)).GetProperty("summary");
        Assert.Equal(("", "True", "False"), (summary.Text("badEnd"), summary.Text("hasErrors"), summary.Text("isFailed")));
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task The_environment_that_the_inspector_shows_is_the_one_that_the_script_had(string protocol)
    {
        string told = _folder.PathTo("told");
        _folder.WriteScript("sub/env.cgi", $"#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ | sort >{told}\nprintf 'Content-Type: text/plain\\n\\n'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol, "--env", "APP_MODE=test", "--allow-env", "HTTP_AUTHORIZATION");
        using var client = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "Authorization", "Basic dTpw" }, { "X-Asked", "for" } } };
        await client.PostAsync("/sub/env.cgi/more%20path?a=b", new StringContent("text"));
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        string[] shown = [.. details.GetProperty("environment").EnumerateArray().Select(pair => $"{pair[0]}={pair[1]}")];
        Assert.Contains("HTTP_AUTHORIZATION=Basic dTpw", shown);
        Assert.Contains("APP_MODE=test", shown);
        Assert.Equal((await File.ReadAllLinesAsync(told)).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Variables_that_are_held_back_are_listed_with_the_option_that_passes_them_on(string protocol)
    {
        _folder.WriteScript("env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nenv\n");
        string option;
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol))
        {
            using HttpClient client = ClientOf(server);
            Assert.DoesNotContain("HTTP_AUTHORIZATION", await client.GetStringAsync("/env.cgi"), StringComparison.Ordinal);
            JsonElement[] held = [.. (await InspectorClient.DetailsAsync(client, 1)).GetProperty("heldBack").EnumerateArray()];
            Assert.Equal("", held.Single(variable => variable.Text("name") == "HTTP_PROXY").Text("option"));
            JsonElement password = held.Single(variable => variable.Text("name") == "HTTP_AUTHORIZATION");
            Assert.Equal("Basic dTpw", password.Text("value"));
            option = password.Text("option");
        }
        // The option works as it is shown.
        await using ShimctlServe allowing = await ShimctlServe.StartAsync(_folder.Path, [protocol, .. option.Split(' ')]);
        using HttpClient again = ClientOf(allowing);
        Assert.Contains("HTTP_AUTHORIZATION=Basic dTpw\n", await again.GetStringAsync("/env.cgi"), StringComparison.Ordinal);
        JsonElement details = await InspectorClient.DetailsAsync(again, 1);
        Assert.DoesNotContain("HTTP_AUTHORIZATION", details.Text("heldBack"), StringComparison.Ordinal);

        static HttpClient ClientOf(ShimctlServe server) =>
            new() { BaseAddress = server.Url, DefaultRequestHeaders = { { "Authorization", "Basic dTpw" }, { "Proxy", "http://proxy.example" } } };
    }

    [Fact]
    public async Task Query_cookies_and_form_are_decoded()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = server.Url, DefaultRequestHeaders = { { "Cookie", "theme=dark; sid=x" } } };
        await client.PostAsync("/echo.cgi?q=two+words&q=%C3%B6", new FormUrlEncodedContent([new("name", "Ada & co")]));
        JsonElement details = await InspectorClient.DetailsAsync(client, 1);
        Assert.Equal("""[["q","two words"],["q","ö"]]""", Plain(details.GetProperty("query")));
        Assert.Equal("""[["theme","dark"],["sid","x"]]""", Plain(details.GetProperty("cookies")));
        Assert.Equal("""[["sid","a1","Path=/; HttpOnly"]]""", Plain(details.GetProperty("setCookies")));
        Assert.Equal("""[["name","Ada & co"]]""", Plain(details.GetProperty("requestBody").GetProperty("fields")));

        static string Plain(JsonElement element) => JsonSerializer.Serialize(element, s_plain);
    }

    [Theory]
    [InlineData("needle", "1", "body of the request, body of the response")]
    [InlineData("NEEDLE POST", "1", "body of the request")]
    [InlineData("two%20words", "2", "")]
    [InlineData("needle GET", "", "")]
    [InlineData("404", "3", "")]
    [InlineData("40", "", "")]
    [InlineData("%232", "2", "")]
    [InlineData("HTTP_X_MARK", "1", "variables")]
    [InlineData("HttpOnly", "1,2", "headers of the response")]
    public async Task Search_finds_words_in_every_part_of_a_request(string query, string numbers, string firstPlace)
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        using var first = new HttpRequestMessage(HttpMethod.Post, "/echo.cgi") { Content = new StringContent("a needle in it"), Headers = { { "X-Mark", "x" } } };
        await client.SendAsync(first);
        await client.GetAsync("/echo.cgi?a=two+words");
        await client.GetAsync("/missing.cgi");
        await InspectorClient.DetailsAsync(client, 3);
        JsonElement[] found = [.. (await client.GetFromJsonAsync<JsonElement>($"/_shims/search?q={query}")).EnumerateArray()];
        Assert.Equal(numbers, string.Join(',', found.Select(match => match.Text("id"))));
        if (firstPlace.Length > 0)
            Assert.StartsWith(found[0].GetProperty("places")[0].ToString(), firstPlace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_difference_between_two_requests_is_shown_part_by_part()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        await client.PostAsync("/echo.cgi", new StringContent("same\nold\n"));
        await client.PostAsync("/echo.cgi", new StringContent("same\nnew\n"));
        await InspectorClient.DetailsAsync(client, 2);
        JsonElement difference = await client.GetFromJsonAsync<JsonElement>("/_shims/requests/2/difference?from=1");
        JsonElement part = difference.GetProperty("parts").EnumerateArray().Single(part => part.Text("name") == "Body of the response");
        Assert.Equal(["=same", "-old", "+new"], part.GetProperty("lines").EnumerateArray().Select(line => line.Text("side") + line.Text("text")));
        Assert.Contains("Standard error", difference.Text("equal"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_shims/requests/2/difference?from=9")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_shims/requests/2/difference")).StatusCode);
    }

    [Fact]
    public async Task Bodies_are_kept_up_to_one_MiB_and_old_ones_shorter_once_all_are_large()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        const int count = 40, size = 1_000_000;
        for (int i = 0; i < count; i++)
            await client.PostAsync("/echo.cgi", new ByteArrayContent(new byte[size]));
        // 64 MiB have room for 33 pairs of bodies.
        JsonElement old = await InspectorClient.DetailsAsync(client, 1), young = await InspectorClient.DetailsAsync(client, count);
        Assert.Equal(("False", "True"), (old.Text("responseBody", "isWhole"), young.Text("responseBody", "isWhole")));
        Assert.Contains("Only the first 16384 of 1000000 bytes", old.Text("whyNoReplay"), StringComparison.Ordinal);
    }
}
