using Microsoft.Playwright;
using Shims.Testing;
using static Microsoft.Playwright.Assertions;

namespace Shims.BrowserTests;

/// <summary>Contrast, names for screen readers, and the user's preferences.</summary>
public sealed class AccessibilityTests(ChromiumFixture chromium)
{
    /// <summary>Finds text whose contrast with its background is below 4.5. WCAG 2.2, 1.4.3.</summary>
    private const string FaintTexts = """
        () => {
          const channels = color => (color.match(/[\d.]+/g) ?? []).map(Number);
          const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const color = channels(getComputedStyle(at).backgroundColor);
              if (color.length === 3 || color[3] > 0) return color;
            }
            return [255, 255, 255];
          };
          const faint = [];
          for (const element of document.querySelectorAll('body *')) {
            const text = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data.trim()).join('');
            if (text === '' || !element.checkVisibility() || element.closest(':disabled')) continue;
            const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
            const contrast = (a + 0.05) / (b + 0.05);
            if (contrast < 4.5) faint.push(`${text}: ${contrast.toFixed(2)}`);
          }
          return faint;
        }
        """;

    /// <summary>Finds elements without a name for screen readers, and errors of structure.</summary>
    private const string Nameless = """
        () => [
          ...[...document.querySelectorAll('button, a')].filter(element => element.checkVisibility() && !(element.textContent.trim() || element.getAttribute('aria-label'))),
          ...[...document.querySelectorAll('input')].filter(element => element.labels.length === 0),
          ...[...document.querySelectorAll('[role=img], [role=group]')].filter(element => !element.getAttribute('aria-label')),
          ...[...document.querySelectorAll('#requests, .pairs')].filter(element => !element.caption),
          ...[...document.querySelectorAll('table.scripts th, #requests th')].filter(element => !element.scope),
          ...[...document.querySelectorAll('[aria-controls]')].filter(element => !document.getElementById(element.getAttribute('aria-controls'))),
          ...[...document.querySelectorAll('[aria-labelledby]')].filter(element => element.checkVisibility() && !document.getElementById(element.getAttribute('aria-labelledby'))),
          ...[...document.querySelectorAll('[id]')].filter(element => document.querySelectorAll(`#${CSS.escape(element.id)}`).length > 1),
          ...[...document.querySelectorAll('[tabindex]')].filter(element => element.tabIndex > 0),
          ...(document.documentElement.lang ? [] : [document.documentElement]),
          ...(document.title ? [] : [document.head]),
          ...(document.querySelectorAll('main').length === 1 && document.querySelectorAll('h1').length === 1 ? [] : [document.body]),
        ].map(element => element.outerHTML.slice(0, 200))
        """;

    public static TheoryData<string, ColorScheme> Pages =>
        new(TestExtent.EachValue(
            from path in (string[])["/", "/_shims/", "/_shims/#1", "/_shims/#2", "/cgi-bin/report.pl", "/cgi-bin/stats.cgi"]
            from scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark]
            select (path, scheme)));

    [Theory, MemberData(nameof(Pages))]
    public async Task Pages_have_enough_contrast_and_names_for_screen_readers(string path, ColorScheme scheme)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/rows.py");
        await site.Client.GetAsync("/cgi-bin/report.pl");
        IPage page = await chromium.OpenAsync(site.Url, scheme);
        await page.GotoAsync(path);
        if (path.StartsWith("/_shims/", StringComparison.Ordinal))
            await Expect(page.Locator("#requests tbody tr")).ToHaveCountAsync(2);
        if (path.Contains('#', StringComparison.Ordinal))
        {
            await Expect(page.Locator("#details h2")).ToBeVisibleAsync();
            foreach (ILocator closed in await page.Locator("details:not([open]) > summary").AllAsync())
                await page.Locator("details:not([open]) > summary").First.ClickAsync();
        }
        Assert.Empty(await page.EvaluateAsync<string[]>(FaintTexts));
        Assert.Empty(await page.EvaluateAsync<string[]>(Nameless));
    }

    [Theory, InlineData(ColorScheme.Light, "rgb(255, 255, 255)"), InlineData(ColorScheme.Dark, "rgb(21, 24, 28)")]
    public async Task Pages_follow_the_light_or_dark_preference_of_the_user(ColorScheme scheme, string background)
    {
        await using SampleSite site = await SampleSite.StartAsync();
        IPage page = await chromium.OpenAsync(site.Url, scheme);
        foreach (string path in new[] { "/", "/_shims/", "/cgi-bin/report.pl" })
        {
            await page.GotoAsync(path);
            Assert.Equal(background, await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }
    }

    [Fact]
    public async Task Pages_need_no_horizontal_scrolling_in_a_narrow_window()
    {
        await using SampleSite site = await SampleSite.StartAsync();
        await site.Client.GetStringAsync("/cgi-bin/rows.py?" + new string('x', 300));
        IPage page = await chromium.OpenAsync(site.Url);
        await page.SetViewportSizeAsync(400, 800);
        foreach (string path in new[] { "/", "/_shims/#1", "/cgi-bin/report.pl" })
        {
            await page.GotoAsync(path);
            if (path.Contains('#', StringComparison.Ordinal))
                await Expect(page.Locator("#details h2")).ToBeVisibleAsync();
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the window");
        }
    }
}
