using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Shims.Testing;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>The pages as axe-core sees them, wide and narrow, in both colour schemes.</summary>
public sealed class AxeTests(ChromiumFixture chromium)
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>Both widths and both colour schemes; with SHIMS_TEST_LONG=1 each width in each scheme.</summary>
    public static TheoryData<int, ColorScheme> Windows =>
        new(new (int, ColorScheme)[] { (1280, ColorScheme.Light), (390, ColorScheme.Dark), (1280, ColorScheme.Dark), (390, ColorScheme.Light) }.Take(TestExtent.Of(2, 4)));

    [Theory, MemberData(nameof(Windows))]
    public async Task Inspector_has_no_violations_in_any_of_its_states(int width, ColorScheme scheme)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url, scheme);
        await page.SetViewportSizeAsync(width, 844);
        await page.GotoAsync("/_shims/");
        await Expect(page.GetByText("No requests yet.")).ToBeVisibleAsync();
        await AssertCleanAsync(page, "empty list");
        await SendAsync(site);
        await Expect(page.Locator("#requests tbody tr")).ToHaveCountAsync(7);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("t");
        await Expect(page.Locator("#pinned tr")).ToHaveCountAsync(1);
        await AssertCleanAsync(page, "list with a pinned request");
        foreach (string script in new[] { "report.pl", "stock.py", "orders.cgi", "chart.cgi", "bytes.cgi", "request.py", "echo.cgi" })
        {
            await page.Locator("#requests tbody tr", new() { HasText = script }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = script })).ToBeVisibleAsync();
            await page.EvaluateAsync("document.querySelectorAll('#details details').forEach(section => { section.open = true; })");
            await AssertCleanAsync(page, script);
            await AssertFitsAsync(page, script);
        }
        await page.Keyboard.PressAsync("e");
        await Expect(page.GetByLabel("URL")).ToBeFocusedAsync();
        await AssertCleanAsync(page, "form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.Locator("#details")).ToContainTextAsync("edited #");
        await page.Keyboard.PressAsync("c");
        await Expect(page.Locator(".comparison")).ToContainTextAsync("Equal: ");
        await AssertCleanAsync(page, "comparison");
        await AssertFitsAsync(page, "comparison");
        await page.Keyboard.PressAsync("p");
        await page.Keyboard.PressAsync("f");
        await page.Keyboard.PressAsync("s");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("none has this");
        await Expect(page.GetByText("No request matches.")).ToBeVisibleAsync();
        await AssertCleanAsync(page, "paused, and nothing found");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "x", MimeType = "text/plain", Buffer = "no capsule"u8.ToArray() });
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await AssertCleanAsync(page, "refusal");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keys" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await AssertCleanAsync(page, "list of keys");
    }

    [Theory, MemberData(nameof(Windows))]
    public async Task List_of_scripts_and_error_page_have_no_violations(int width, ColorScheme scheme)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url, scheme);
        await page.SetViewportSizeAsync(width, 844);
        foreach (string path in new[] { "/", "/cgi-bin/report.pl", "/cgi-bin/stats.cgi" })
        {
            await page.GotoAsync(path);
            await AssertCleanAsync(page, path);
        }
    }

    [Fact]
    public async Task A_picture_without_a_text_is_a_violation()
    {
        IPage page = await chromium.OpenAsync(new Uri("http://localhost/"));
        await page.SetContentAsync("<html lang='en'><title>A page</title><main><h1>A page</h1><img src='data:,'></main></html>");
        Exception problem = await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(() => AssertCleanAsync(page, "picture"));
        Assert.Contains("image-alt", problem.Message, StringComparison.Ordinal);
    }

    private static async Task SendAsync(SampleSite site)
    {
        foreach (string path in new[] { "report.pl", "stock.py", "orders.cgi?customer=Ada", "chart.cgi", "bytes.cgi" })
            await site.Client.GetAsync($"/cgi-bin/{path}");
        await site.Client.PostAsync("/cgi-bin/request.py", new FormUrlEncodedContent([new("word", "hello")]));
        using var parts = new MultipartFormDataContent { { new StringContent("A title"), "title" }, { new ByteArrayContent(new byte[20]), "upload", "data.bin" } };
        await site.Client.PostAsync("/cgi-bin/echo.cgi", parts);
    }

    // axe-core runs in the page itself, where the package's own adapter opens another page for each result: that takes ten times as long.
    private static async Task AssertCleanAsync(IPage page, string state)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
            await page.EvaluateAsync(Axe);
        string[] violations = await page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(({ id, help, nodes }) =>
                `${id}: ${help}: ${nodes.slice(0, 5).map(node => node.html).join(' | ')}`)
            """);
        Assert.True(violations.Length == 0, $"{state}: {string.Join('\n', violations)}");
    }

    private static async Task AssertFitsAsync(IPage page, string state) =>
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{state} is wider than the window");
}
