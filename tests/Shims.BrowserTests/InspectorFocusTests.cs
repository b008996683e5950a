using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>Focus and keys of the inspector while responses of the server are late.</summary>
public sealed class InspectorFocusTests(ChromiumFixture chromium)
{
    private const string Rows = "#requests tbody tr";

    [Fact]
    public async Task A_row_that_is_pinned_keeps_the_focus_when_the_response_comes_after_the_event()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        await page.RouteAsync("**/pin", async route =>
        {
            IAPIResponse response = await route.FetchAsync();
            await Expect(page.Locator("#pinned tr")).ToHaveCountAsync(1);
            await route.FulfillAsync(new() { Response = response });
        });
        ILocator button = page.Locator($"{Rows} button", new() { HasText = "hello.cgi" });
        await button.FocusAsync();
        await page.Keyboard.PressAsync("t");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Pinned");
        await Expect(button).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Heading_gets_the_focus_when_details_are_read_twice()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        var second = new TaskCompletionSource();
        int count = 0;
        await page.RouteAsync("**/requests/1", async route =>
        {
            if (Interlocked.Increment(ref count) == 1)
            {
                await second.Task;
                await route.AbortAsync();
                return;
            }
            await route.ContinueAsync();
            second.TrySetResult();
        });
        await page.Locator($"{Rows} button", new() { HasText = "hello.cgi" }).FocusAsync();
        Task<IRequest> asked = page.WaitForRequestAsync("**/requests/1");
        await page.Keyboard.PressAsync("Enter");
        await asked;
        // An event about the request makes the page read it again.
        (await site.Client.PostAsync("/_shims/requests/1/pin", null)).EnsureSuccessStatusCode();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/hello.cgi" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_key_that_is_pressed_before_the_details_have_come_edits_the_request_of_the_row()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        var pressed = new TaskCompletionSource();
        await page.RouteAsync("**/requests/2", async route =>
        {
            await pressed.Task;
            await route.ContinueAsync();
        });
        await page.Locator($"{Rows} button", new() { HasText = "hello.cgi" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/hello.cgi" })).ToBeFocusedAsync();
        await page.Locator($"{Rows} button", new() { HasText = "rows.py" }).ClickAsync();
        await page.Keyboard.PressAsync("e");
        pressed.SetResult();
        await Expect(page.GetByLabel("URL", new() { Exact = true })).ToHaveValueAsync("/cgi-bin/rows.py");
        await Expect(page.GetByLabel("URL", new() { Exact = true })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_section_keeps_the_focus_when_details_are_drawn_again()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        await page.Locator($"{Rows} button", new() { HasText = "hello.cgi" }).ClickAsync();
        ILocator section = page.Locator("details[data-name=Variables] > summary");
        await section.FocusAsync();
        (await site.Client.PostAsync("/_shims/requests/1/pin", null)).EnsureSuccessStatusCode();
        await Expect(page.Locator("#details .facts")).ToContainTextAsync("pinned");
        await Expect(section).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Comparison_shows_the_request_that_was_chosen_last_when_an_earlier_one_is_late()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        await site.Client.PostAsync("/cgi-bin/echo.cgi", new StringContent("of the third"));
        var drawn = new TaskCompletionSource();
        await page.RouteAsync("**/requests/3/difference?from=1", async route =>
        {
            await drawn.Task;
            await route.ContinueAsync();
        });
        await page.Locator($"{Rows} button", new() { HasText = "echo.cgi" }).ClickAsync();
        await page.Keyboard.PressAsync("c");
        ILocator legend = page.Locator(".comparison del").First;
        await Expect(legend).ToHaveTextAsync("− #2");
        await page.GetByLabel("With").SelectOptionAsync("1");
        await page.GetByLabel("With").SelectOptionAsync("2");
        await page.RunAndWaitForResponseAsync(() =>
        {
            drawn.SetResult();
            return Task.CompletedTask;
        }, "**/requests/3/difference?from=1");
        await page.EvaluateAsync("() => new Promise(done => setTimeout(done))");
        await Expect(legend).ToHaveTextAsync("− #2");
    }

    private async Task<IPage> OpenAsync(SampleSite site)
    {
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await chromium.OpenAsync(site.Url);
        await page.GotoAsync("/_shims/");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        return page;
    }
}
