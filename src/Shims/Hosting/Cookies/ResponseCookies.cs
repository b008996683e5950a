using Shims.Diagnostics;
using Shims.Hosting;
using Shims.Posix;

namespace Shims;

/// <summary>The cookies that a response gives to the browser. RFC 6265 section 4.1. Of two with one name the later counts.</summary>
/// <example><code>
/// response.Cookies.Add("theme", "dark", new CookieOptions { MaxAge = TimeSpan.FromDays(365) });
/// response.Cookies.AddSigned("user", "ada");
/// response.Cookies.Delete("draft");
/// </code></example>
public sealed class ResponseCookies
{
    private readonly ResponseHeaderCollection _headers;
    private readonly bool _isSecure;

    /// <param name="headers">The headers of the response.</param>
    /// <param name="isSecure">True if the request has come over HTTPS.</param>
    internal ResponseCookies(ResponseHeaderCollection headers, bool isSecure) => (_headers, _isSecure) = (headers, isSecure);

    /// <summary>Gives the browser a cookie.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">ASCII without spaces, quotes, commas, semicolons and backslashes; encode anything else (for instance as Base64),
    /// or use <see cref="AddSigned"/>.</param>
    /// <param name="options">Its attributes; null for the defaults.</param>
    /// <exception cref="ArgumentException">Name or value contains what it must not.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public void Add(string name, string value, CookieOptions? options = null)
    {
        string cookie = CookieFormat.Write(name, value, options ?? new CookieOptions());
        _headers.RemoveCookie(name);
        _headers.Add("Set-Cookie", cookie);
    }

    /// <summary>
    /// Gives the browser a cookie that it cannot change: its user can read it, but another value, or another name, is refused when it comes
    /// back.
    /// </summary>
    /// <param name="name">A token.</param>
    /// <param name="value">Any text of up to some 2500 bytes of UTF-8. Not a secret: it is encoded, and not encrypted.</param>
    /// <param name="options">Its attributes. Null for the defaults, and HTTPS only if this request has come so. Without MaxAge it is
    /// accepted for 31 days.</param>
    /// <remarks>
    /// The key is a file in <see cref="Shim.StateDirectory"/>, made at the first use. If it is removed, every signed cookie ends.
    /// The response gets <c>Cache-Control: no-store</c>, unless the handler sets that header.
    /// </remarks>
    /// <exception cref="ArgumentException">The name contains what it must not, or the value is too long.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <exception cref="ShimException">The key cannot be made or read.</exception>
    /// <example><code>
    /// response.Cookies.AddSigned("user", "ada", new CookieOptions { MaxAge = TimeSpan.FromHours(8), Secure = true });
    /// </code></example>
    public void AddSigned(string name, string value, CookieOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        options ??= new CookieOptions { Secure = _isSecure };
        long lifetime = options.MaxAge is { } age ? (long)age.TotalSeconds : SignedCookieFormat.DefaultLifetime;
        Add(name, SignedCookieFormat.Write(SigningKey.Current, name, value, Libc.UnixMilliseconds() / 1000 + lifetime), options);
        _headers.IsPersonal = true;
    }

    /// <summary>Has the browser remove a cookie.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">The path and domain that it was given with; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public void Delete(string name, CookieOptions? options = null)
    {
        options ??= new CookieOptions { Secure = _isSecure };
        Add(name, "", new CookieOptions
        {
            Path = options.Path,
            Domain = options.Domain,
            MaxAge = TimeSpan.Zero,
            Secure = options.Secure,
            HttpOnly = options.HttpOnly,
            SameSite = options.SameSite,
        });
    }
}
