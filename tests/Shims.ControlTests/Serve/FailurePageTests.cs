using System.Net;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>The error pages of <c>shimctl serve</c>, and its list of scripts.</summary>
public sealed partial class FailurePageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Error_page_of_a_script_that_is_not_executable_has_the_command_that_fixes_it(string protocol)
    {
        string script = _folder.Write("locked.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\ncured'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        (HttpStatusCode status, string page) = await GetPageAsync(server, "/locked.cgi");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains($"cannot run {script}: it is not executable", page, StringComparison.Ordinal);
        // The command works as printed.
        await Command.RunAsync("sh", ["-c", Cure().Match(page).Groups[1].Value]);
        Assert.Equal("cured", (await GetPageAsync(server, "/locked.cgi")).Page);
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Error_page_of_a_script_that_failed_has_its_standard_error(string protocol)
    {
        _folder.WriteScript("dies.cgi", "#!/bin/sh\necho 'no module named report' >&2\nexit 3\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        (HttpStatusCode status, string page) = await GetPageAsync(server, "/dies.cgi");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("(exit status 3)", page, StringComparison.Ordinal);
        Assert.Contains("no module named report", page, StringComparison.Ordinal);
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task Error_page_of_a_script_without_a_header_has_its_output(string protocol)
    {
        _folder.WriteScript("chatty.cgi", "#!/bin/sh\necho 'Hello there'\necho\necho page\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol);
        (HttpStatusCode status, string page) = await GetPageAsync(server, "/chatty.cgi");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("Hello there", page, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("fault", "Q15")]
    public async Task Error_page_of_a_path_with_two_slashes_leads_to_no_other_host()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        (HttpStatusCode status, string page) = await GetPageAsync(server, $"{server.Url}/evil.example/x");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("<a href=\"/evil.example/x\">Try again</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_of_scripts_shows_syntax_errors_and_runs_no_script()
    {
        Requires.Tools("python3");
        string traces = _folder.MakeFolder("traces");
        _folder.WriteScript("wrong.py", $"#!/usr/bin/env python3\nopen('{traces}/wrong', 'w')\nprint('no end\n");
        _folder.WriteScript("right.py", $"#!/usr/bin/env python3\nopen('{traces}/right', 'w')\nprint('Content-Type: text/plain\\n')\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        (_, string list) = await GetPageAsync(server, "/");
        Assert.Contains("<span class=\"mark error\">", list, StringComparison.Ordinal);
        Assert.Contains("<span class=\"mark ok\">", list, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(traces));
        (_, string page) = await GetPageAsync(server, "/wrong.py");
        Assert.Contains("<li class=\"error\">", page, StringComparison.Ordinal);
        Assert.Contains("line 3", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_page_escapes_text_of_the_request_and_of_the_script()
    {
        _folder.WriteScript("evil.cgi", "#!/bin/sh\necho '<script>alert(1)</script>' >&2\necho '<img src=x onerror=alert(2)>'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        foreach (string path in new[] { "/evil.cgi?\"><script>alert(3)</script>", "/missing<script>alert(4)</script>", "/evil.cgi?</title><b>" })
        {
            (_, string page) = await GetPageAsync(server, path);
            Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Error_page_is_plain_text_for_clients_that_do_not_accept_HTML()
    {
        _folder.Write("locked.cgi", "#!/bin/sh\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        using HttpResponseMessage answer = await client.GetAsync("/locked.cgi");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Matches(@"  run: chmod .\+x ", text);
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_page_of_the_script_itself_is_not_replaced()
    {
        _folder.WriteScript("gone.cgi", "#!/bin/sh\nprintf 'Status: 410 Gone\\nContent-Type: text/plain\\nContent-Length: 4\\n\\nGone'\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        Assert.Equal((HttpStatusCode.Gone, "Gone"), await GetPageAsync(server, "/gone.cgi"));
    }

    [Fact]
    public async Task List_of_scripts_shows_the_worst_finding_of_each()
    {
        string locked = _folder.Write("cgi-bin/locked.cgi", "#!/bin/sh\n");
        _folder.WriteScript("cgi-bin/good.cgi", "#!/bin/sh\n");
        _folder.WriteScript("unit/run", "#!/bin/sh\nexec tcpserver\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        (_, string page) = await GetPageAsync(server, "/");
        Assert.Contains("<a href=\"/cgi-bin/good.cgi\">", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"mark ok\">ok</span>", page, StringComparison.Ordinal);
        Assert.EndsWith(locked, Cure().Match(page).Groups[1].Value, StringComparison.Ordinal);
        // A program that is not a script for the web is not listed.
        Assert.DoesNotContain("unit/run", page, StringComparison.Ordinal);
        // The finding is updated when the script changes.
        File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.DoesNotContain("chmod", (await GetPageAsync(server, "/")).Page, StringComparison.Ordinal);
    }

    [GeneratedRegex("<code>(chmod .[+]x [^<]+)</code>")]
    private static partial Regex Cure();

    private static async Task<(HttpStatusCode Status, string Page)> GetPageAsync(ShimctlServe server, string path)
    {
        using var client = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "Accept", "text/html" } } };
        using HttpResponseMessage answer = await client.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
