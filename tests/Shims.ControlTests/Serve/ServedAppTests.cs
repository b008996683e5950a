using System.Net;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>Apps in <c>shimctl serve</c>: compilations, their failures, exceptions, and handlers that do not end.</summary>
public sealed partial class ServedAppTests : IDisposable
{
    private const string App =
        "#:package Shims@*\nusing Shims;\n\nreturn Shim.Run((request, response) =>\n{\n    response.Write(\"one\\n\");\n" +
        "    if (request.Query[\"fail\"] is { } reason)\n        Fail(reason);\n});\n\n" +
        "static void Fail(string reason)\n{\n    Console.Error.WriteLine(\"about to fail\");\n    throw new InvalidOperationException(reason);\n}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_app_is_compiled_edited_broken_and_mended_and_each_page_says_so()
    {
        string source = WriteApp(App);
        await using ShimctlServe server = await ShimctlServe.StartAsync(source);
        using HttpClient client = Client(server);

        // A browser gets a page that waits; the terminal says so too.
        (HttpStatusCode status, string page) = await GetPageAsync(client, "/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("<h1>Compiling notes.cs…</h1>", page, StringComparison.Ordinal);
        await AwaitChangeAsync(client, page);
        Assert.Equal((HttpStatusCode.OK, "one\n"), await GetPageAsync(client, "/"));
        Assert.Matches($@"\d\d  compiling  {source}\n", server.Log);
        await Patience.UntilAsync(() => Regex.IsMatch(server.Log, $@"\d\d  compiled  {source}  \d+\.\d s\n"), "the terminal had the end");

        // A client that is not a browser waits for the response itself.
        await File.WriteAllTextAsync(source, App.Replace("one", "two", StringComparison.Ordinal));
        Assert.Equal("two\n", await client.GetStringAsync("/"));

        // The line is still known after an edit.
        await File.WriteAllTextAsync(source, App.Replace("one", "three", StringComparison.Ordinal).Replace("using Shims;", "using Shims;\n// edited", StringComparison.Ordinal));
        Assert.Equal("three\n", await client.GetStringAsync("/"));
        (status, page) = await GetPageAsync(client, "/?fail=no+<luck>");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("the handler threw System.InvalidOperationException: no &lt;luck&gt;", Section(page, "<p class=\"cause\">"), StringComparison.Ordinal);
        Assert.Contains($"<code>{source}</code> line 15</h2>\n<p>in Fail</p>", page, StringComparison.Ordinal);
        Assert.Contains("   14      Console.Error.WriteLine(&quot;about to fail&quot;);\n<mark>   15      throw new InvalidOperationException(reason);</mark>\n   16  }\n</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<h2>Standard error</h2>\n<pre tabindex=\"0\">about to fail\n</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<details><summary>Stack</summary>", page, StringComparison.Ordinal);

        // A mistake is shown with its line, and its page waits for the file to change.
        await File.WriteAllTextAsync(source, App.Replace("response.Write(", "response.Wrote(", StringComparison.Ordinal));
        string text = await (await client.GetAsync("/")).Content.ReadAsStringAsync();
        Assert.Contains($"{source} does not compile\n\n{source}(6,14): 'CgiResponse' does not contain a definition for 'Wrote'", text, StringComparison.Ordinal);
        Assert.Contains("\n      5  {\n>     6      response.Wrote(\"one\\n\");\n      7      if (", text, StringComparison.Ordinal);
        await Patience.UntilAsync(() => server.Log.Contains($"  error  {source}(6,14): 'CgiResponse'", StringComparison.Ordinal), "the terminal had the error");
        (status, page) = await GetPageAsync(client, "/");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("<mark>    6      response.Wrote(&quot;one\\n&quot;);</mark>", page, StringComparison.Ordinal);
        Assert.Matches("<a href=\"/_shims/#\\d+\">Details of this request</a>", page);
        Task changed = AwaitChangeAsync(client, page);
        await File.WriteAllTextAsync(source, App);
        await changed;
        Assert.Equal("one\n", await client.GetStringAsync("/"));
    }

    [Theory, InlineData("CS1002: ; expected", 1), InlineData("CS0246: The type or namespace name 'X' could not be found", 2)]
    public async Task A_file_that_does_not_compile_is_compiled_once_for_each_change(string error, int runs)
    {
        string source = _folder.Write("slip.cs", "one"), ran = _folder.PathTo("ran");
        _folder.WriteScript("sdk/dotnet", $"#!/bin/sh\necho run >>{ran}\necho \"{source}(1,1): error {error}\"\nexit 1\n");
        async Task<int> BuildAsync()
        {
            LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shim-dotnet"), Arguments = ["--build", source] }
                .WithEnvironment($"PATH={_folder.PathTo("sdk")}:/usr/bin:/bin", $"HOME={_folder.Path}"));
            Assert.Equal((1, $"{source}(1,1): error {error}\n"), (result.ExitCode, result.OutputText));
            return File.ReadAllLines(ran).Length;
        }
        Assert.Equal(1, await BuildAsync());
        Assert.Equal(runs, await BuildAsync());
        File.WriteAllText(source, "another");
        Assert.Equal(runs + 1, await BuildAsync());
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task A_handler_that_sends_nothing_is_ended_with_a_504(string protocol)
    {
        string app = _folder.WriteScript("loop", "#!/bin/sh\nwhile :; do :; done\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(app, "--app", protocol, "--read-timeout", "1");
        using HttpClient client = Client(server);
        (HttpStatusCode status, string page) = await GetPageAsync(client, "/");
        Assert.Equal(HttpStatusCode.GatewayTimeout, status);
        Assert.Contains($"{app} sent nothing for 1 s and was ended: look for an endless loop", page, StringComparison.Ordinal);
        Assert.StartsWith("killed by signal ", (await InspectorClient.DetailsAsync(client, 1)).Text("exit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_loops_after_its_browser_has_left_is_ended_too()
    {
        string app = _folder.WriteScript("loop", $"#!/bin/sh\ntouch {_folder.PathTo("runs")}\nwhile :; do :; done\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(app, "--app", "--read-timeout", "2");
        using HttpClient client = Client(server);
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = client.GetAsync("/", leaving.Token);
        await Patience.UntilAsync(() => File.Exists(_folder.PathTo("runs")), "the app ran");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.StartsWith("killed by signal ", (await InspectorClient.DetailsAsync(client, 1)).Text("exit"), StringComparison.Ordinal);
        await Patience.UntilAsync(() => server.Log.Contains($"  ended  GET /  {app} sent nothing for 2 s", StringComparison.Ordinal), "the terminal said so");
    }

    [Fact]
    public async Task A_handler_that_goes_on_sending_is_not_ended()
    {
        string app = _folder.WriteScript("ticks", "#!/bin/sh\ndd bs=64k count=1 >/dev/null 2>&1\nprintf 'Content-Type: text/plain\\n\\n'\nfor i in 1 2 3 4; do sleep 2; echo $i; done\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(app, "--app", "--read-timeout", "6");
        using HttpClient client = Client(server);
        Assert.Equal("1\n2\n3\n4\n", await client.GetStringAsync("/"));
    }

    [Theory, InlineData("-1"), InlineData("soon"), InlineData("86401")]
    public async Task A_read_timeout_that_is_not_a_number_of_seconds_is_refused(string value)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = ["serve", $"--read-timeout={value}", _folder.Path] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--read-timeout", result.ErrorText, StringComparison.Ordinal);
    }

    private string WriteApp(string text)
    {
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package of the library (make pack)");
        _folder.Write("nuget.config", $"""<configuration><packageSources><add key="here" value="{Repository.PathTo("artifacts/packages")}" /></packageSources></configuration>""");
        return _folder.Write("notes.cs", text);
    }

    private static HttpClient Client(ShimctlServe server) => new() { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(10) };

    private static async Task<(HttpStatusCode Status, string Page)> GetPageAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using HttpResponseMessage answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Section(string page, string start) => page[page.IndexOf(start, StringComparison.Ordinal)..].Split('\n')[0];

    /// <summary>Waits for the event that makes a page load itself anew.</summary>
    private static async Task AwaitChangeAsync(HttpClient client, string page)
    {
        using var events = new StreamReader(await client.GetStreamAsync(Events().Match(page).Groups[1].Value));
        while (await events.ReadLineAsync() is { } line)
        {
            if (line == "event: change")
                return;
        }
        throw new InvalidOperationException("the server has ended the events");
    }

    [GeneratedRegex("""<script src="/_shims/build\.js" data-events="(/_shims/builds/\d+/(end|change))"></script>""")]
    private static partial Regex Events();
}
