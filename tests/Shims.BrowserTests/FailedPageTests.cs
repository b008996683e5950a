using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>Error pages and live reload, in a browser.</summary>
public sealed class FailedPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
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
