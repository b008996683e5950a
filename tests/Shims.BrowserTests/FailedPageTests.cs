using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shims.Testing;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>Error pages and live reload, in a browser.</summary>
public sealed class FailedPageTests(ChromiumFixture chromium)
{
    private const string App =
        "#:package Shims@*\nusing Shims;\nreturn Shim.Run((request, response) =>\n{\n    response.ContentType = \"text/html\";\n" +
        "    response.Write(\"<h1>Notes</h1>\");\n    if (request.Query[\"fail\"] != null)\n" +
        "        throw new InvalidOperationException(\"no luck\");\n});\n";

    [Fact]
    public async Task Error_page_shows_cause_and_fix_and_links_to_the_request()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url);
        await page.GotoAsync("/cgi-bin/stats.cgi");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("403 Forbidden");
        await Expect(page.Locator(".cause")).ToContainTextAsync("it is not executable");
        await Expect(page.Locator(".cure").First).ToHaveTextAsync(new Regex($"^chmod .[+]x {site.PathTo("cgi-bin/stats.cgi")}$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Details of this request" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/stats.cgi" })).ToBeVisibleAsync();
        await Expect(page.Locator("#details .cause")).ToContainTextAsync("it is not executable");
    }

    [Fact]
    public async Task Page_of_an_app_comes_by_itself_after_its_compilation_and_after_a_mistake()
    {
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package of the library (make pack)");
        using var folder = new TemporaryFolder();
        string packages = Repository.PathTo("artifacts/packages");
        folder.Write("nuget.config", $"""<configuration><packageSources><add key="here" value="{packages}" /></packageSources></configuration>""");
        string app = folder.Write("notes.cs", App);
        await using ShimctlServe server = await ShimctlServe.StartAsync(folder.Path);
        IPage page = await chromium.OpenAsync(server.Url);
        ILocator heading = page.GetByRole(AriaRole.Heading, new() { Level = 1 });

        await page.GotoAsync("/notes.cs");
        await Expect(heading).ToHaveTextAsync("Compiling notes.cs…");
        await Expect(heading).ToHaveTextAsync("Notes");

        await File.WriteAllTextAsync(app, App.Replace("</h1>\")", "</h1>\"", StringComparison.Ordinal));
        await page.ReloadAsync();
        await Expect(page.Locator(".cause")).ToHaveTextAsync($"{app} does not compile");
        await Expect(page.Locator(".source mark").First).ToContainTextAsync("response.Write(\"<h1>Notes</h1>\"");
        await Expect(page.GetByText("error CS1026", new() { Exact = false }).Last).ToBeHiddenAsync();
        await page.GetByText("Output of the compiler").ClickAsync();
        await Expect(page.GetByText("error CS1026", new() { Exact = false }).Last).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Details of this request" }).ClickAsync();
        await Expect(page.Locator("#details .cause")).ToContainTextAsync("does not compile");
        await page.GoBackAsync();
        await Expect(page.Locator(".cause")).ToBeVisibleAsync();
        await File.WriteAllTextAsync(app, App);
        await Expect(heading).ToHaveTextAsync("Notes");

        await page.GotoAsync("/notes.cs?fail=1");
        await Expect(page.Locator(".cause")).ToContainTextAsync("System.InvalidOperationException: no luck");
        await Expect(page.Locator(".source")).ToHaveTextAsync(new Regex(@"^    7 [\s\S]*fail[\s\S]*    8 [\s\S]*no luck[\s\S]*    9  \}\);"));
        await Expect(page.GetByText("at Shims.Hosting").Last).ToBeHiddenAsync();
        await page.GetByText("Stack", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByText("at Shims.Hosting").Last).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Page_reloads_when_its_script_changes_with_live()
    {
        await using SampleSite site = await SampleSite.StartAsync("--live");
        IPage page = await chromium.OpenAsync(site.Url);
        // Even an error page reloads: the fix is the change.
        Task<IResponse> listening = page.WaitForResponseAsync("**/_shims/changes");
        await page.GotoAsync("/cgi-bin/stats.cgi");
        await listening;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("403 Forbidden");
        File.SetUnixFileMode(site.PathTo("cgi-bin/stats.cgi"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Expect(page.GetByText("Statistics")).ToBeVisibleAsync();
    }
}
