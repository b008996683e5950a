namespace Shims.Cgi;

/// <summary>A page whose header is CGI's, made HTTP's for web servers that pass a response on as it is.</summary>
internal static class HttpPage
{
    /// <summary>Writes the status line of HTTP in the place of the Status line at the beginning.</summary>
    /// <param name="page">Header and body; returned as it is if it begins with something else.</param>
    internal static byte[] Of(byte[] page)
    {
        ReadOnlySpan<byte> status = "Status: "u8;
        return page.AsSpan().StartsWith(status) ? [.. "HTTP/1.1 "u8, .. page.AsSpan(status.Length)] : page;
    }
}
