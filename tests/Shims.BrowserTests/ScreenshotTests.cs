using Microsoft.Playwright;
using Shims.Testing;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>The pictures in <c>screenshots/</c>. <c>make screenshots</c> takes them again.</summary>
public sealed class ScreenshotTests(ChromiumFixture chromium)
{
    private const int LargestPicture = 200 * 1024;

    private static readonly string[] s_names = ["inspector", "inspector-dark", "compare", "phone", "failure", "scripts"];

    /// <summary>True where all are wanted: a long run, or one that takes them anew.</summary>
    private static bool IsForAll => TestExtent.IsLong || Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1";

    public static TheoryData<string, ColorScheme> Pictures =>
        new(from name in IsForAll ? s_names : ["inspector-dark", "phone"] select (name, name.EndsWith("-dark", StringComparison.Ordinal) ? ColorScheme.Dark : ColorScheme.Light));

    [Theory, MemberData(nameof(Pictures))]
    public async Task Screenshot_can_be_taken(string name, ColorScheme scheme)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url, scheme);
        await ShowAsync(site, page, name.Split('-')[0]);
        // The picture shows /srv instead of the test's temporary directory.
        await page.EvaluateAsync("""
            folder => {
              const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, '/srv');
            }
            """, site.Folder);
        byte[] picture = await page.ScreenshotAsync();
        Assert.InRange(picture.Length, 1, LargestPicture);
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1")
            await File.WriteAllBytesAsync(PathOf(name), picture);
    }

    [Fact]
    public void Every_screenshot_is_in_the_repository_and_not_large() => Assert.All(s_names, name =>
    {
        Assert.True(File.Exists(PathOf(name)), $"{PathOf(name)} is missing: run make screenshots");
        Assert.InRange(new FileInfo(PathOf(name)).Length, 1, LargestPicture);
    });

    private static string PathOf(string name) => Repository.PathTo($"screenshots/{name}.png");

    private static async Task ShowAsync(SampleSite site, IPage page, string state)
    {
        if (state == "scripts")
        {
            await page.GotoAsync("/");
            return;
        }
        if (state == "failure")
        {
            await page.GotoAsync("/cgi-bin/report.pl");
            return;
        }
        if (state == "phone")
            await page.SetViewportSizeAsync(390, 844);
        await page.GotoAsync("/_shims/");
        foreach (string path in new[] { "hello.cgi", "greeting.pl?name=Ada", "env.cgi/some/path", "rows.py", "missing.cgi", "imported.cgi", "stats.cgi", "hello.cgi", "stock.py", "report.pl" })
            await site.Client.GetAsync($"/cgi-bin/{path}");
        await site.Client.PostAsync("/cgi-bin/request.py", new FormUrlEncodedContent([new("word", "hello")]));
        await site.Client.PutAsync("/cgi-bin/digest.py", new ByteArrayContent(new byte[300_000]));
        using (var leaving = new StreamReader(await site.Client.GetStreamAsync("/cgi-bin/ticker.cgi")))
            await leaving.ReadLineAsync();
        await Expect(page.Locator("#requests .status", new() { HasText = "aborted" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = state == "inspector" ? "/cgi-bin/report.pl" : "/cgi-bin/request.py" }).ClickAsync();
        await Expect(page.Locator("#details h2")).ToBeVisibleAsync();
        if (state == "compare")
            await CompareAsync(page);
        if (state == "phone")
        {
            await page.Locator("details[data-name=Response] > summary").ClickAsync();
            await page.Locator("details[data-name=Request] > summary").ClickAsync();
            await page.Locator("#details").ScrollIntoViewIfNeededAsync();
            await page.EvaluateAsync("document.querySelector('#details').scrollIntoView()");
        }
    }

    /// <summary>Sends a request with another word, and compares the two.</summary>
    private static async Task CompareAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit and send" }).ClickAsync();
        await page.GetByLabel("Body").FillAsync("word=goodbye");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.Locator("#details")).ToContainTextAsync("exit status 0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(page.Locator(".comparison ins").Last).ToBeVisibleAsync();
    }
}
