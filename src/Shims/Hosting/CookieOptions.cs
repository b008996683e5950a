namespace Shims;

/// <summary>The attributes of a cookie. RFC 6265 section 4.1.2. The defaults are the careful ones.</summary>
/// <example><code>
/// response.Cookies.Add("theme", "dark", new CookieOptions { MaxAge = TimeSpan.FromDays(365), Secure = true });
/// </code></example>
public sealed class CookieOptions
{
    /// <summary>The part of the site that gets the cookie. Default: all of it.</summary>
    public string? Path { get; init; } = "/";

    /// <summary>The domain whose hosts all get the cookie. Default: null, only the host that set it.</summary>
    public string? Domain { get; init; }

    /// <summary>The time for which the browser keeps the cookie; zero or less removes it. Default: null, until the browser is closed.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Sends the cookie over HTTPS only. Default: false, as a small site may have no HTTPS.</summary>
    public bool Secure { get; init; }

    /// <summary>Hides the cookie from scripts in the page. Default: true.</summary>
    public bool HttpOnly { get; init; } = true;

    /// <summary>Decides if requests that other sites cause carry the cookie: Strict, Lax or None. Default: Lax.</summary>
    public string? SameSite { get; init; } = "Lax";
}
