using System.Globalization;
using System.Text;

namespace Shims.Hosting;

/// <summary>Cookies as they stand in headers. RFC 6265 sections 4.1 and 4.2.</summary>
internal static class CookieFormat
{
    /// <summary>The value of a Set-Cookie header.</summary>
    internal static string Write(string name, string value, CookieOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        Check(name, "=()<>@:\\\"/[]?{},; \t", nameof(name));
        Check(value, "\",;\\ \t", nameof(value));
        var text = new StringBuilder(name).Append('=').Append(value);
        Append(text, "; Path=", options.Path);
        Append(text, "; Domain=", options.Domain);
        if (options.MaxAge is { } age)
            text.Append("; Max-Age=").Append(((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (options.Secure)
            text.Append("; Secure");
        if (options.HttpOnly)
            text.Append("; HttpOnly");
        Append(text, "; SameSite=", options.SameSite);
        return text.ToString();
    }

    /// <summary>The pairs of a Cookie header, as lenient as section 5 is.</summary>
    internal static ValueCollection Read(string? header)
    {
        var cookies = new List<KeyValuePair<string, string>>();
        ReadOnlySpan<char> text = header;
        foreach (Range part in text.Split(';'))
        {
            ReadOnlySpan<char> pair = text[part].Trim();
            int equals = pair.IndexOf('=');
            if (equals > 0)
                cookies.Add(new KeyValuePair<string, string>(pair[..equals].TrimEnd().ToString(), pair[(equals + 1)..].TrimStart().Trim('"').ToString()));
        }
        return new ValueCollection(cookies);
    }

    private static void Append(StringBuilder text, string attribute, string? value)
    {
        if (value is null)
            return;
        if (value.Contains(';'))
            throw new ArgumentException("An attribute of a cookie contains a semicolon.", nameof(value));
        text.Append(attribute).Append(value);
    }

    private static void Check(string text, string forbidden, string parameter)
    {
        foreach (char next in text)
        {
            if (next <= ' ' || next > '~' || forbidden.Contains(next))
                throw new ArgumentException("A cookie contains a character that it must not.", parameter);
        }
    }
}
