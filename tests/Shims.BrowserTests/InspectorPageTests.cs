using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>The page at <c>/_shims/</c>, in a browser.</summary>
public sealed class InspectorPageTests(ChromiumFixture chromium)
{
    private const string Rows = "#requests tbody tr";

    [Fact]
    public async Task Inspector_page_lists_requests_as_they_arrive()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url);
        // The page counts requests for three seconds before it announces them. The clock is stopped until both have arrived.
        await page.Clock.InstallAsync();
        await page.GotoAsync("/_shims/");
        await page.Clock.PauseAtAsync(DateTime.UtcNow + TimeSpan.FromHours(1));
        await Expect(page.GetByText("No requests yet.")).ToBeVisibleAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi?first");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(1);
        await site.Client.GetAsync("/cgi-bin/report.pl");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(2);
        // The newest is first.
        await Expect(page.Locator(Rows).First.Locator(".path")).ToHaveTextAsync("/cgi-bin/report.plstderr");
        await Expect(page.Locator(Rows).First.Locator(".status")).ToHaveTextAsync("502 exit 255");
        await Expect(page.Locator(Rows).Last.Locator(".status")).ToHaveTextAsync("200");
        await Expect(page.Locator(Rows).Last.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^start .* ms, shim .* ms, script .* ms, response .* ms$"));
        await page.Clock.RunForAsync(3000);
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("2 new requests, 1 failed");
    }

    [Fact]
    public async Task Inspector_page_opens_and_closes_details_by_mouse()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).Locator(".duration").ClickAsync();
        ILocator details = page.GetByRole(AriaRole.Region, new() { Name = "GET /cgi-bin/rows.py" });
        await Expect(details).ToBeVisibleAsync();
        await Expect(details).ToContainTextAsync("warning: 3 rows have no date");
        await Expect(details).ToContainTextAsync("41 rows");
        await details.Locator("summary", new() { HasText = "Variables" }).ClickAsync();
        await Expect(details.GetByRole(AriaRole.Rowheader, new() { Name = "SCRIPT_FILENAME" })).ToBeVisibleAsync();
        await details.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(details).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Inspector_page_can_be_used_with_the_keyboard_alone()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await OpenAsync(site);
        await Expect(page.Locator(Rows)).ToHaveCountAsync(2);
        // Scripts; search, chips, pause, capsule, HAR, clear and keys; then the first request.
        ILocator newest = page.GetByRole(AriaRole.Button, new() { Name = "/cgi-bin/rows.py" });
        for (int i = 0; i < 10; i++)
            await page.Keyboard.PressAsync("Tab");
        await Expect(newest).ToBeFocusedAsync();
        Assert.NotEqual("none", await newest.EvaluateAsync<string>("button => getComputedStyle(button).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/rows.py" })).ToBeFocusedAsync();
        await Expect(newest).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.PressAsync("Escape");
        await Expect(newest).ToBeFocusedAsync();
        await Expect(newest).ToHaveAttributeAsync("aria-expanded", "false");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "/cgi-bin/hello.cgi" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "GET /cgi-bin/hello.cgi" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Send again" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Inspector_page_sends_a_request_again()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.PostAsync("/cgi-bin/echo.cgi", new StringContent("the same words"));
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(2);
        await Expect(page.Locator(Rows).First).ToContainTextAsync("again #1");
        await Expect(page.Locator("#details")).ToContainTextAsync("again #1");
        await Expect(page.Locator("#details").GetByRole(AriaRole.Group, new() { Name = "Body of the response" })).ToHaveTextAsync("the same words");
    }

    [Theory, InlineData("Copy as curl", "curl -i http"), InlineData("Copy as shimctl request", "shimctl request -i --to 'exec:")]
    public async Task Inspector_page_copies_a_request_as_a_command(string button, string command)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        Assert.StartsWith(command, await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspector_page_searches_requests()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetAsync("/cgi-bin/report.pl");
        IPage page = await OpenAsync(site);
        await page.GetByLabel("Search").FillAsync("502");
        await Expect(page.Locator($"{Rows}:visible")).ToHaveCountAsync(1);
        await Expect(page.Locator($"{Rows}:visible")).ToContainTextAsync("report.pl");
        await page.GetByLabel("Search").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Inspector_page_shows_content_of_requests_as_text()
    {
        const string markup = "<img src=x onerror=document.title='taken'>";
        await using SampleSite site = await SampleSite.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cgi-bin/echo.cgi?" + markup.Replace(' ', '+')) { Content = new StringContent(markup) };
        request.Headers.Add("X-Markup", markup);
        await site.Client.SendAsync(request);
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        await page.Locator("#details details[data-name=Request] > summary").ClickAsync();
        await Expect(page.Locator("#details").GetByRole(AriaRole.Group, new() { Name = "Body of the response" })).ToHaveTextAsync(markup);
        await Expect(page.Locator("#details").GetByRole(AriaRole.Cell, new() { Name = markup }).First).ToBeVisibleAsync();
        await Expect(page.Locator("img")).ToHaveCountAsync(0);
        Assert.Equal("Requests – shimctl serve", await page.TitleAsync());
    }

    [Fact]
    public async Task Inspector_page_says_when_the_server_has_ended()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await OpenAsync(site);
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        site.Server.Signal(2);
        await Expect(page.Locator("#connection")).ToHaveTextAsync("not connected: shimctl serve is not running");
    }

    [Theory, InlineData("c", "Compare #2"), InlineData("e", "Edit #2")]
    public async Task Details_that_arrive_late_do_not_take_the_place_of_a_comparison_or_a_form(string key, string heading)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await OpenAsync(site);
        ILocator row = page.Locator(Rows, new() { HasText = "rows.py" });
        await row.ClickAsync();
        await Expect(page.Locator("#details-title")).ToHaveTextAsync("GET /cgi-bin/rows.py");
        // The next details have arrived, but the page has not read them yet.
        await page.EvaluateAsync("""
            () => {
                const json = Response.prototype.json;
                const read = new Promise(resolve => { window.read = resolve; });
                window.held = 0;
                Response.prototype.json = async function () {
                    if (/requests\/2$/.test(this.url)) { window.held++; await read; }
                    return json.call(this);
                };
            }
            """);
        await row.ClickAsync();
        await page.WaitForFunctionAsync("window.held > 0");
        await page.Keyboard.PressAsync(key);
        await Expect(page.Locator("#details-title")).ToHaveTextAsync(heading);
        await page.EvaluateAsync("() => { window.read(); return new Promise(resolve => setTimeout(resolve, 100)); }");
        await Expect(page.Locator("#details-title")).ToHaveTextAsync(heading);
    }

    private async Task<IPage> OpenAsync(SampleSite site)
    {
        IPage page = await chromium.OpenAsync(site.Url);
        await page.GotoAsync("/_shims/");
        return page;
    }
}
