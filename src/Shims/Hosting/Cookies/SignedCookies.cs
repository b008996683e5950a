using Shims.Diagnostics;
using Shims.Hosting;
using Shims.Posix;

namespace Shims;

/// <summary>
/// The cookies of a request that this program has signed: those that were made by <see cref="ResponseCookies.AddSigned"/>, and are as they
/// were.
/// </summary>
/// <example><code>
/// string? user = request.SignedCookies["user"];
/// if (user is null)
///     response.Redirect(request.AppUrl("/login"));
/// </code></example>
public sealed class SignedCookies
{
    private readonly ValueCollection _cookies;

    internal SignedCookies(ValueCollection cookies) => _cookies = cookies;

    /// <summary>True if the request has no cookies at all.</summary>
    internal bool IsEmpty => _cookies.Count == 0;

    /// <summary>
    /// The value of a cookie; null if there is none, it was not signed by this program, it has been changed, or its time is over.
    /// </summary>
    /// <exception cref="ShimException">The key of the program cannot be made or read.</exception>
    public string? this[string name]
    {
        get
        {
            SigningKey? key = null;
            // A browser sends the more particular path first; another site of the domain may have set one of the same name.
            foreach (string value in _cookies.GetAll(name))
            {
                if (SignedCookieFormat.Read(key ??= SigningKey.Current, name, value, Libc.UnixMilliseconds() / 1000) is { } read)
                    return read;
            }
            return null;
        }
    }
}
