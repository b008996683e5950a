using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Shims.Hosting;

/// <summary>The value of a signed cookie: what it says, until when, and a signature over both and the cookie's name.</summary>
/// <remarks><code>
///   YWRh       "."   6a1f3c00       "."   xB8...
///   Base64url        Unix seconds,        HMAC-SHA256, Base64url
///   of UTF-8         hexadecimal
/// </code></remarks>
internal static class SignedCookieFormat
{
    /// <summary>Seconds for which a cookie is accepted that the browser keeps until it is closed, which may be never.</summary>
    internal const long DefaultLifetime = 31 * 24 * 3600;

    /// <summary>Bytes of name, value and attributes that each browser keeps. RFC 6265 section 6.1.</summary>
    private const int MaxSize = 4096;

    /// <exception cref="ArgumentException">The value is too long for a cookie.</exception>
    internal static string Write(SigningKey key, string name, string value, long until)
    {
        string text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value))}.{until.ToString("x", CultureInfo.InvariantCulture)}";
        string signed = $"{text}.{key.Sign(PurposeOf(name), text)}";
        return name.Length + signed.Length <= MaxSize - 256 ? signed
            : throw new ArgumentException(
                "The value is too long: browsers keep 4096 bytes of a cookie, with its name, signature and attributes.", nameof(value));
    }

    /// <returns>The value; null if the signature is wrong, or the time is over.</returns>
    internal static string? Read(SigningKey key, string name, string signed, long now)
    {
        int signature = signed.LastIndexOf('.');
        int time = signature > 0 ? signed.LastIndexOf('.', signature - 1) : -1;
        if (time < 0 || signed.Length > MaxSize || !key.Verify(PurposeOf(name), signed[..signature], signed[(signature + 1)..]))
            return null;
        // Only this program has written what follows.
        return long.Parse(signed.AsSpan(time + 1, signature - time - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >= now
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(signed.AsSpan(0, time)))
            : null;
    }

    private static string PurposeOf(string name) => "cookie " + name;
}
