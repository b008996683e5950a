using Shims.Diagnostics;

namespace Shims.Cgi;

/// <summary>The path that was asked for.</summary>
internal static class RequestedPath
{
    /// <summary>That of REQUEST_URI, as the client sent it.</summary>
    internal static ReadOnlySpan<byte> In(ReadOnlySpan<byte> uri)
    {
        int query = uri.IndexOf((byte)'?');
        return query < 0 ? uri : uri[..query];
    }

    /// <summary>That of REQUEST_URI, which may be a whole URL (Apache passes on what a client has sent). RFC 9112 section 3.2.2.</summary>
    /// <returns>Empty, or begins with a slash.</returns>
    internal static ReadOnlySpan<byte> OfUrl(ReadOnlySpan<byte> uri)
    {
        ReadOnlySpan<byte> path = In(uri), schemeEnd = "://"u8;
        if (path.IsEmpty || path[0] == (byte)'/')
            return path;
        int authority = path.IndexOf(schemeEnd);
        if (authority < 0)
            return default;
        path = path[(authority + schemeEnd.Length)..];
        int start = path.IndexOf((byte)'/');
        return start < 0 ? default : path[start..];
    }

    /// <summary>As the log has it: no query, printable, and not longer than <see cref="Limits.RequestedPath"/>; null where the request does not say it.</summary>
    internal static string? Of(CgiVariables variables)
    {
        ReadOnlySpan<byte> path = variables.Get("REQUEST_URI"u8);
        if (path.IsEmpty)
            path = variables.Get("SCRIPT_NAME"u8) is { IsEmpty: false } name ? name : variables.Get("PATH_INFO"u8);
        int end = path.IndexOfAny((byte)'?', (byte)'#');
        path = end < 0 ? path : path[..end];
        return path.IsEmpty ? null : PrintableText.Of(path[..Math.Min(path.Length, Limits.RequestedPath)]);
    }
}
