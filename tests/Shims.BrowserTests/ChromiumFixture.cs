using Microsoft.Playwright;
using Shims.BrowserTests;
using Shims.Testing;

[assembly: AssemblyFixture(typeof(ChromiumFixture))]

namespace Shims.BrowserTests;

/// <summary>The distribution's Chromium, without a window: one for all tests, since its start takes more than most of them.</summary>
public sealed class ChromiumFixture : IAsyncDisposable
{
    /// <summary>What Chromium is without a window from the start: a fifth less of the processor.</summary>
    private const string Program = "chromium-headless-shell";

    private readonly SemaphoreSlim _one = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page in a browser context of its own.</summary>
    /// <param name="url">The base of relative addresses.</param>
    /// <param name="scheme">The preferred colour scheme.</param>
    public async Task<IPage> OpenAsync(Uri url, ColorScheme scheme = ColorScheme.Light)
    {
        Requires.Tools(Program);
        await _one.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Tool.PathOf(Program),
                // Chromium's sandbox does not work for root. The pages are our own.
                Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
            });
        }
        finally
        {
            _one.Release();
        }
        IBrowserContext window = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = url.ToString(),
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = 1280, Height = 720 },
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        float limit = (float)Patience.Limit.TotalMilliseconds;
        window.SetDefaultTimeout(limit);
        Assertions.SetDefaultExpectTimeout(limit);
        IPage page = await window.NewPageAsync();
        // A script error in a page fails its test.
        page.PageError += (_, error) => throw new InvalidOperationException(error);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _one.Dispose();
    }
}
