using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>A day's work in the inspector: marks, decoded bodies, keys, search, edited requests, comparisons, files, pause and pins.</summary>
public sealed class InspectorWorkTests(ChromiumFixture chromium)
{
    private const string Rows = "#requests tbody tr";

    [Fact]
    public async Task A_page_whose_script_failed_after_it_is_marked_in_the_list()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/stock.py");
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await OpenAsync(site);
        ILocator failed = page.Locator(Rows, new() { HasText = "stock.py" }), good = page.Locator(Rows, new() { HasText = "rows.py" });
        await Expect(failed.Locator(".status")).ToHaveTextAsync("200 exit 1");
        await Expect(failed).ToHaveClassAsync("failed");
        await Expect(failed.Locator(".tag")).ToHaveTextAsync("stderr");
        await Expect(good.Locator(".status")).ToHaveTextAsync("200");
        await Expect(good).Not.ToHaveClassAsync("failed");
        await failed.ClickAsync();
        await Expect(page.Locator("#details .cause")).ToContainTextAsync("ended with exit status 1, so its response may be incomplete: NameError");
    }

    [Fact]
    public async Task Variables_that_are_held_back_are_shown_with_the_option_that_passes_them_on()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cgi-bin/hello.cgi") { Headers = { { "Authorization", "Basic dTpw" } } };
        await site.Client.SendAsync(request);
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        ILocator held = page.Locator("details[data-name='Held back from the script']");
        await Expect(held.GetByText("HTTP_AUTHORIZATION=Basic dTpw")).ToBeVisibleAsync();
        await Expect(held.GetByText("--allow-env HTTP_AUTHORIZATION")).ToBeVisibleAsync();
        await page.Locator("summary", new() { HasText = "Environment of the script" }).ClickAsync();
        await Expect(page.Locator("details[data-name='Environment of the script']")).ToContainTextAsync("GATEWAY_INTERFACE");
        await Expect(page.Locator("details[data-name='Environment of the script']")).Not.ToContainTextAsync("HTTP_AUTHORIZATION");
    }

    [Theory, InlineData(1280, 720), InlineData(390, 844)]
    public async Task Lines_in_hexadecimal_fit_and_do_not_wrap(int width, int height)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetByteArrayAsync("/cgi-bin/bytes.cgi");
        IPage page = await OpenAsync(site, width, height);
        await page.Locator(Rows).ClickAsync();
        ILocator dump = page.GetByRole(AriaRole.Group, new() { Name = "Body of the response", Exact = true });
        await Expect(dump).ToContainTextAsync("0128  00 00 00 00              ....");
        Assert.True(await dump.EvaluateAsync<bool>("dump => dump.scrollWidth <= dump.clientWidth"), "the lines are wider than their box");
        Assert.Equal("pre", await dump.EvaluateAsync<string>("dump => getComputedStyle(dump).whiteSpace"));
    }

    [Fact]
    public async Task A_picture_is_shown_as_a_picture()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetByteArrayAsync("/cgi-bin/chart.cgi");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        ILocator picture = page.GetByRole(AriaRole.Img, new() { Name = "Picture: Body of the response" });
        await Expect(picture).ToBeVisibleAsync();
        Assert.Equal(64, await picture.EvaluateAsync<int>("async picture => { await picture.decode(); return picture.naturalWidth; }"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Hex" }).ClickAsync();
        await Expect(page.GetByText("89 50 4e 47")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Forms_parts_JSON_cookies_and_queries_are_decoded()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/orders.cgi?customer=Ada+%26+co");
        using var parts = new MultipartFormDataContent { { new StringContent("A title"), "title" }, { new ByteArrayContent(new byte[20]), "upload", "data.bin" } };
        await site.Client.PostAsync("/cgi-bin/echo.cgi", parts);
        await site.Client.PostAsync("/cgi-bin/echo.cgi", new FormUrlEncodedContent([new("name", "Grace Hopper")]));
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).Nth(2).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Body of the response", Exact = true })).ToContainTextAsync("\n  \"total\": 41,\n");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Cookies that are set" })).ToContainTextAsync("HttpOnly");
        await page.Locator("details[data-name=Request] > summary").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Query" }).GetByRole(AriaRole.Cell)).ToHaveTextAsync("Ada & co");
        await page.Locator(Rows).Nth(1).ClickAsync();
        await Expect(page.Locator("details[data-name=Request] .parts > li")).ToHaveCountAsync(2);
        await Expect(page.Locator("details[data-name=Request] .parts > li").Last).ToContainTextAsync("file data.bin");
        await page.Locator(Rows).Nth(0).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Body of the request: fields" }).GetByRole(AriaRole.Cell)).ToHaveTextAsync("Grace Hopper");
        await page.Locator("details[data-name=Request]").GetByRole(AriaRole.Button, new() { Name = "As received" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Body of the request", Exact = true })).ToHaveTextAsync("name=Grace+Hopper");
    }

    [Theory, InlineData(1280, 720), InlineData(390, 844)]
    public async Task Every_task_can_be_done_with_keys_alone(int width, int height)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetStringAsync("/cgi-bin/stock.py");
        await site.Client.PostAsync("/cgi-bin/echo.cgi", new StringContent("one"));
        IPage page = await OpenAsync(site, width, height);
        await Expect(page.Locator(Rows)).ToHaveCountAsync(3);
        IKeyboard keys = page.Keyboard;
        // Down and up, by letters and arrows.
        await keys.PressAsync("j");
        await Expect(Row(page, "echo.cgi")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await Expect(Row(page, "stock.py")).ToBeFocusedAsync();
        await keys.PressAsync("k");
        await Expect(Row(page, "echo.cgi")).ToBeFocusedAsync();
        // Edit and send.
        await keys.PressAsync("e");
        await Expect(page.GetByLabel("URL")).ToBeFocusedAsync();
        await keys.PressAsync("End");
        await keys.TypeAsync("?edited");
        await page.GetByLabel("Body").FocusAsync();
        await keys.PressAsync("Control+a");
        await keys.TypeAsync("two j k / ?");
        await keys.PressAsync("Control+Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "POST /cgi-bin/echo.cgi?edited" })).ToBeFocusedAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(4);
        // Compare, which begins with the request that was edited.
        await keys.PressAsync("c");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Compare #4" })).ToBeFocusedAsync();
        await Expect(page.GetByLabel("With")).ToHaveValueAsync("3");
        ILocator difference = page.GetByRole(AriaRole.Group, new() { Name = "Difference: Body of the response" });
        await Expect(difference.Locator("del")).ToHaveTextAsync("− one");
        await Expect(difference.Locator("ins")).ToHaveTextAsync("+ two j k / ?");
        await keys.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "POST /cgi-bin/echo.cgi?edited" })).ToBeFocusedAsync();
        // Send again.
        await keys.PressAsync("r");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(5);
        await Expect(page.Locator("#details")).ToContainTextAsync("again #4");
        await keys.PressAsync("Escape");
        await Expect(page.Locator("#details")).ToBeHiddenAsync();
        // Failed ones only, and all.
        await keys.PressAsync("f");
        await Expect(page.Locator($"{Rows}:visible")).ToHaveCountAsync(1);
        await keys.PressAsync("f");
        await Expect(page.Locator($"{Rows}:visible")).ToHaveCountAsync(5);
        // Search, and out of it.
        await keys.PressAsync("/");
        await keys.TypeAsync("NameError");
        await Expect(page.Locator($"{Rows}:visible")).ToHaveCountAsync(1);
        await Expect(page.Locator($"{Rows}:visible .tag").Last).ToHaveTextAsync("in cause");
        await keys.PressAsync("Escape");
        await Expect(page.Locator($"{Rows}:visible")).ToHaveCountAsync(5);
        // Pin the one that failed.
        await Row(page, "stock.py").FocusAsync();
        await keys.PressAsync("t");
        await Expect(page.Locator("#pinned tr")).ToHaveCountAsync(1);
        await Expect(Row(page, "stock.py")).ToBeFocusedAsync();
        // Pause.
        await keys.PressAsync("p");
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await Expect(page.Locator("#pause")).ToHaveTextAsync("Go on (1 new)");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(5);
        await keys.PressAsync("p");
        await Expect(page.Locator(Rows)).ToHaveCountAsync(6);
        // The list of keys.
        await keys.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keys" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Keys_that_are_letters_can_be_turned_off()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        IPage page = await OpenAsync(site);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keys" }).ClickAsync();
        await page.GetByLabel("Keys that are letters or signs").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.ReloadAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("p");
        await Expect(page.Locator("#pause")).ToHaveTextAsync("Pause");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(Row(page, "hello.cgi")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Several_parts_of_a_form_can_be_edited_and_arrive_whole()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        using var parts = new MultipartFormDataContent { { new StringContent("old title"), "title" }, { new StringContent("two\nlines"), "text" } };
        await site.Client.PostAsync("/cgi-bin/echo.cgi", parts);
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit and send" }).ClickAsync();
        ILocator body = page.GetByLabel("Body");
        await body.FillAsync((await body.InputValueAsync()).Replace("old title", "new title", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.Locator(Rows).First).ToContainTextAsync("edited #1");
        await page.Locator("details[data-name=Request] > summary").ClickAsync();
        await Expect(page.Locator("details[data-name=Request] .parts > li")).ToHaveCountAsync(2);
        await Expect(page.Locator("details[data-name=Request] .parts > li").First).ToContainTextAsync("new title");
    }

    [Fact]
    public async Task A_request_that_cannot_be_sent_is_refused_with_the_reason_and_stays_in_the_form()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit and send" }).ClickAsync();
        await page.GetByLabel("URL").FillAsync("cgi-bin/hello.cgi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The URL cannot be sent");
        await Expect(page.GetByLabel("URL")).ToHaveValueAsync("cgi-bin/hello.cgi");
    }

    [Fact]
    public async Task A_saved_HAR_file_is_played_back_by_a_browser()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/orders.cgi?customer=Ada");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Save as HAR" }).ClickAsync());
        Assert.Equal("request-1.har", download.SuggestedFilename);
        // Playwright takes it for HAR by its name.
        string file = site.PathTo("request-1.har");
        await download.SaveAsAsync(file);
        IPage other = await chromium.OpenAsync(site.Url);
        await other.RouteFromHARAsync(file);
        site.Server.Signal(2);
        await site.Server.WaitForEndAsync();
        await other.GotoAsync("/cgi-bin/orders.cgi?customer=Ada");
        await Expect(other.GetByText("\"query\":\"customer=Ada\"")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_capsule_that_was_saved_is_loaded_in_another_inspector()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.PostAsync("/cgi-bin/echo.cgi?token=s3cretvalue", new StringContent("of production"));
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).ClickAsync();
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Save as capsule" }).ClickAsync());
        string file = site.PathTo("saved.capsule");
        await download.SaveAsAsync(file);
        await using SampleSite here = await SampleSite.StartAsync();
        IPage other = await OpenAsync(here);
        await other.Locator("#file").SetInputFilesAsync(file);
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "POST /cgi-bin/echo.cgi?token=[redacted]" })).ToBeVisibleAsync();
        await Expect(other.Locator(Rows).Locator(".tag")).ToContainTextAsync("capsule ");
        await Expect(other.Locator("#details .note").First).ToContainTextAsync("Secrets were removed from: ");
        await other.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(other.Locator(Rows)).ToHaveCountAsync(2);
        await Expect(other.GetByRole(AriaRole.Group, new() { Name = "Body of the response", Exact = true })).ToHaveTextAsync("of production");
        await other.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "x", MimeType = "text/plain", Buffer = "no capsule"u8.ToArray() });
        await Expect(other.GetByRole(AriaRole.Alert)).ToContainTextAsync("The file is not a capsule");
    }

    [Fact]
    public async Task A_pinned_request_stays_at_the_top_when_the_list_is_cleared()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/hello.cgi");
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        IPage page = await OpenAsync(site);
        await page.Locator(Rows).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin" }).ClickAsync();
        await Expect(page.Locator(Rows).First).ToContainTextAsync("hello.cgi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(1);
        await Expect(page.Locator("#pinned tr")).ToContainTextAsync("hello.cgi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unpin" }).ClickAsync();
        await Expect(page.Locator(Rows)).ToHaveCountAsync(0);
    }

    private static ILocator Row(IPage page, string script) => page.Locator($"{Rows} .path button", new() { HasText = script }).Last;

    private async Task<IPage> OpenAsync(SampleSite site, int width = 1280, int height = 720)
    {
        IPage page = await chromium.OpenAsync(site.Url);
        await page.SetViewportSizeAsync(width, height);
        await page.GotoAsync("/_shims/");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        return page;
    }
}
