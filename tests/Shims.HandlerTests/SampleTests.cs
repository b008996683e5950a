using System.Security.Cryptography;
using System.Text;

namespace Shims.HandlerTests;

/// <summary>The sample apps, run from their source by shim-dotnet and as native programs.</summary>
public sealed class SampleTests
{
    public static TheoryData<bool> BothWays => [false, true];

    [Theory, MemberData(nameof(BothWays))]
    public async Task Hello_says_hello(bool isNative)
    {
        Sample hello = new("hello", isNative);
        Assert.Equal("Hello, world!\n", (await hello.GetAsync("")).Body);
        Assert.Equal("Hello, Ada L!\n", (await hello.GetAsync("name=Ada%20L")).Body);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Env_shows_what_the_web_server_sends_and_escapes_it(bool isNative)
    {
        ScriptReply page = await new Sample("env", isNative).GetAsync("a=<script>");
        Assert.Contains("<tr><th>QUERY_STRING</th><td>a=&lt;script&gt;</td></tr>", page.Body);
        Assert.Contains("<tr><th>Method</th><td>GET</td></tr>", page.Body);
        Assert.DoesNotContain("<script>", page.Body);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Upload_keeps_files_and_overwrites_none(bool isNative)
    {
        using var folder = new TemporaryFolder();
        Sample upload = new("upload", isNative, folder.Path, "2");
        byte[] file = RandomNumberGenerator.GetBytes(1_500_000);
        Assert.Equal(303, (await upload.PostAsync("multipart/form-data; boundary=x", Form("cat.png", file))).Status);
        Assert.Equal(file, await File.ReadAllBytesAsync(folder.PathTo("cat.png"), TestContext.Current.CancellationToken));
        Assert.Contains("<li>cat.png, 1500000 bytes</li>", (await upload.GetAsync("")).Body);
        Assert.Equal(409, (await upload.PostAsync("multipart/form-data; boundary=x", Form("cat.png", [1]))).Status);
        Assert.Equal(400, (await upload.PostAsync("multipart/form-data; boundary=x", Form(".htaccess", [1]))).Status);
        Assert.Equal(413, (await upload.PostAsync("multipart/form-data; boundary=x", Form("large.bin", new byte[2_500_000]))).Status);
        Assert.Equal(["cat.png"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Guestbook_loses_no_entry_of_many_at_once(bool isNative)
    {
        using var folder = new TemporaryFolder();
        Sample guestbook = new("guestbook", isNative, folder.PathTo("guests.db"));
        Assert.Contains("<p>0 entries</p>", (await guestbook.GetAsync("")).Body);
        ScriptReply[] replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            guestbook.PostAsync("application/x-www-form-urlencoded", Encoding.UTF8.GetBytes($"name=guest+{i}&text=%3Cb%3Ehello%3C/b%3E+{i}"))));
        Assert.All(replies, reply => Assert.Equal(303, reply.Status));
        string page = (await guestbook.GetAsync("")).Body;
        Assert.Contains("<p>20 entries</p>", page);
        for (int i = 0; i < replies.Length; i++)
            Assert.Contains($"&lt;b&gt;hello&lt;/b&gt; {i}</p>", page);
        Assert.Equal(422, (await guestbook.PostAsync("application/x-www-form-urlencoded", "name=&text=x"u8.ToArray())).Status);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Notes_has_its_routes_its_style_sheet_its_JSON_and_its_signed_cookie_in_a_program_of_its_own(bool isNative)
    {
        using var folder = new TemporaryFolder();
        Sample notes = new("notes", isNative, "--mount", "/cgi-bin/app",
            folder.Path)
        { Environment = [$"SHIMS_STATE={folder.PathTo("state")}"] };
        ScriptReply sheet = await notes.GetAsync("", "/notes.css");
        Assert.Equal((200, "text/css; charset=utf-8"), (sheet.Status, sheet.Header("Content-Type")));
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathTo("inetd-examples/apps/notes.css")), sheet.Body);
        ScriptReply page = await notes.GetAsync("", "/");
        Assert.Contains("href=\"/cgi-bin/app/notes.css\"", page.Body);
        Assert.StartsWith("antiforgery-", page.Header("Set-Cookie"));
        Assert.Equal("[]", (await notes.GetAsync("", "/api/notes")).Body);
        Assert.Equal(404, (await notes.GetAsync("", "/nothing")).Status);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Logs_shows_the_end_of_a_log_and_what_contains_a_text(bool isNative)
    {
        using var folder = new TemporaryFolder();
        folder.Write("web.log", string.Concat(Enumerable.Range(1, 500).Select(i => $"line {i} <end>\n")));
        folder.Write("secret.txt", "secret");
        Sample logs = new("logs", isNative, folder.Path);
        string tail = (await logs.GetAsync("file=web.log&lines=3")).Body;
        Assert.Contains("<pre>\nline 498 &lt;end&gt;\nline 499 &lt;end&gt;\nline 500 &lt;end&gt;\n</pre>", tail);
        Assert.Contains("<pre>\nline 77 &lt;end&gt;\nline 177 &lt;end&gt;", (await logs.GetAsync("file=web.log&text=77+%3CEND")).Body);
        Assert.Equal(404, (await logs.GetAsync("file=../web.log")).Status);
        Assert.Equal(404, (await logs.GetAsync("file=secret.txt")).Status);
    }

    [Theory, MemberData(nameof(BothWays))]
    public async Task Authorize_guards_files_behind_lighttpd(bool isNative)
    {
        Requires.Tools("lighttpd");
        using var installation = new Installation();
        string users = installation.Folder.PathTo("users");
        await new Sample("authorize", isNative, "add", users, "ada").FeedAsync("love lace\n");
        Assert.DoesNotContain("love", await File.ReadAllTextAsync(users, TestContext.Current.CancellationToken));
        installation.Folder.Write("files/report.txt", "the report\n");
        await using var authorizer = SampleListener.Start(new Sample("authorize", isNative, users), installation.AddressOf("/run/shims/authorize.sock"));
        await using Lighttpd lighttpd = await Lighttpd.StartAsync(installation,
            ExampleFile.Read("webserver-examples/lighttpd-app-authorizer.conf").With("/srv/files", installation.Folder.PathTo("files")));
        var browser = new Browser(installation.PortOf(8080));

        ScriptReply stranger = await browser.GetAsync("/report.txt");
        Assert.True(stranger.Status == 401, $"{stranger.Status} {stranger.Body} {lighttpd.Log} {authorizer.Log}");
        Assert.StartsWith("Basic ", stranger.Header("WWW-Authenticate"));
        ScriptReply ada = await browser.GetAsync("/report.txt", Authorization("ada:love lace"));
        Assert.Equal((200, "the report\n"), (ada.Status, ada.Body));
        Assert.Equal(401, (await browser.GetAsync("/report.txt", Authorization("ada:lovelace"))).Status);
        Assert.Equal(401, (await browser.GetAsync("/report.txt", Authorization("bob:love lace"))).Status);
    }

    [Fact]
    public async Task An_edit_is_there_with_the_next_request_and_a_mistake_is_explained()
    {
        using var folder = new TemporaryFolder();
        string apps = Repository.PathTo("inetd-examples/apps");
        // Below the samples' own folder, where the package is found.
        string source = Path.Combine(apps, $"edited-{Guid.NewGuid():N}.cs");
        string hello = await File.ReadAllTextAsync(Path.Combine(apps, "hello.cs"), TestContext.Current.CancellationToken);
        try
        {
            Sample edited = new(source, IsNative: false);
            File.WriteAllText(source, hello);
            Assert.Equal("Hello, world!\n", (await edited.GetAsync("")).Body);
            File.WriteAllText(source, hello.Replace("Hello, ", "Good morning, "));
            Assert.Equal("Good morning, world!\n", (await edited.GetAsync("")).Body);
            File.WriteAllText(source, hello.Replace("response.Write(", "response.Wrote("));
            ScriptReply page = await edited.GetAsync("");
            Assert.Equal(500, page.Status);
            Assert.Contains($"{source}(9,14): error CS1061", page.Body);
            Assert.Contains("'Wrote'", page.Body);
            // The line that throws is known after edits too, and shown to a developer.
            File.WriteAllText(source, hello.Replace("response.Write(", "if (request.Method == \"GET\")\n        throw new InvalidOperationException("));
            page = await (edited with { Environment = ["SHIMS_ERRORS=browser"] }).GetAsync("");
            Assert.Contains("<p><strong>System.InvalidOperationException</strong>: Hello, world!\n</p>", page.Body);
            Assert.Contains($"<p>In a lambda expression, <code>{source}</code> line 10:</p>", page.Body);
            Assert.Contains("    9      if (request.Method == &quot;GET&quot;)\n<mark>   10          throw new InvalidOperationException($&quot;Hello, ", page.Body);
            Assert.Contains("<details><summary>Stack</summary><pre>System.InvalidOperationException: Hello, world!", page.Body);
            File.WriteAllText(source, hello);
            Assert.Equal("Hello, world!\n", (await edited.GetAsync("")).Body);
        }
        finally
        {
            File.Delete(source);
        }
    }

    [Fact, Trait(TestExtent.Trait, TestExtent.Whole)]
    public async Task An_edit_needs_no_source_of_packages()
    {
        using var folder = new TemporaryFolder();
        string hello = await File.ReadAllTextAsync(Repository.PathTo("inetd-examples/apps/hello.cs"), TestContext.Current.CancellationToken);
        folder.Write("nuget.config", Sources($"""<add key="here" value="{Repository.PathTo("artifacts/packages")}" />"""));
        Sample edited = new(folder.Write("edited.cs", hello), IsNative: false);
        Assert.Equal("Hello, world!\n", (await edited.GetAsync("")).Body);
        // Port 9 refuses. The mistake makes the SDK build anew all that it would otherwise keep.
        folder.Write("nuget.config", Sources("""<clear /><add key="gone" value="http://127.0.0.1:9/index.json" allowInsecureConnections="true" />"""));
        folder.Write("edited.cs", hello.Replace("response.Write(", "response.Wrote(", StringComparison.Ordinal));
        Assert.Contains("error CS1061", (await edited.GetAsync("")).Body);
        folder.Write("edited.cs", hello.Replace("Hello, ", "Good evening, ", StringComparison.Ordinal));
        Assert.Equal("Good evening, world!\n", (await edited.GetAsync("")).Body);
    }

    [Fact]
    public async Task A_directive_that_has_changed_restores_again()
    {
        using var folder = new TemporaryFolder();
        string hello = await File.ReadAllTextAsync(Repository.PathTo("inetd-examples/apps/hello.cs"), TestContext.Current.CancellationToken);
        folder.Write("nuget.config", Sources($"""<add key="here" value="{Repository.PathTo("artifacts/packages")}" />"""));
        Sample edited = new(folder.Write("edited.cs", hello), IsNative: false);
        Assert.Equal("Hello, world!\n", (await edited.GetAsync("")).Body);
        folder.Write("edited.cs", hello.Replace("#:package Shims@*", "#:package Shims@*\n#:package Shims.That.Is.Nowhere@1.0.0", StringComparison.Ordinal));
        Assert.Contains("Shims.That.Is.Nowhere", (await edited.GetAsync("")).Body);
    }

    private static string Sources(string sources) => $"<configuration><packageSources>{sources}</packageSources></configuration>";

    private static string Authorization(string credentials) => $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";

    private static byte[] Form(string fileName, byte[] content) =>
    [
        .. Encoding.UTF8.GetBytes($"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{fileName}\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
        .. content,
        .. "\r\n--x--\r\n"u8,
    ];
}
