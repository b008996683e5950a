namespace Shims.Hosting;

/// <summary>The cookies that the library sets for itself.</summary>
internal static class OwnCookies
{
    /// <summary>
    /// The name of a cookie: another one for each program of a site, and over HTTPS one that no other host of the domain can set (RFC
    /// 6265bis, the prefix __Host-).
    /// </summary>
    internal static string NameFor(string purpose, bool isSecure) =>
        $"{(isSecure ? "__Host-" : "")}{purpose}-{SigningKey.Current.Sign("name", purpose)[..8]}";
}
