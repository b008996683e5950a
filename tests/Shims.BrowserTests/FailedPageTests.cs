using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>Scripts that fail, and scripts that change, as somebody at a browser sees them.</summary>
public sealed class FailedPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task A_broken_script_shows_cause_and_cure_and_the_way_to_its_request()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url);
        await page.GotoAsync("/cgi-bin/stats.cgi");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("403 Forbidden");
        await Expect(page.Locator(".cause")).ToContainTextAsync("it is not executable");
        await Expect(page.Locator(".cure").First).ToHaveTextAsync(new Regex($"^chmod .[+]x {site.PathTo("cgi-bin/stats.cgi")}$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "All about this request" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/stats.cgi" })).ToBeVisibleAsync();
        await Expect(page.Locator("#details .cause")).ToContainTextAsync("it is not executable");
    }

    [Fact]
    public async Task A_page_reloads_itself_when_its_script_changes_if_asked()
    {
        await using SampleSite site = await SampleSite.StartAsync("--live");
        IPage page = await chromium.OpenAsync(site.Url);
        // Even the page of a failure: the cure is the change.
        Task<IResponse> listening = page.WaitForResponseAsync("**/_shims/changes");
        await page.GotoAsync("/cgi-bin/stats.cgi");
        await listening;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("403 Forbidden");
        File.SetUnixFileMode(site.PathTo("cgi-bin/stats.cgi"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Expect(page.GetByText("Statistics")).ToBeVisibleAsync();
    }
}
