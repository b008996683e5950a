namespace Shims.Cgi;

/// <summary>Removes what Apache httpd 2.4 puts before a path: mod_proxy_fcgi and mod_proxy_scgi send the name of the proxied URL as SCRIPT_FILENAME.</summary>
/// <remarks><code>
///   proxy:fcgi://127.0.0.1:9000/srv/cgi-bin/hello.cgi      ProxyPass, SetHandler
///   proxy:fcgi://name//srv/cgi-bin/hello.cgi               over a unix socket
/// </code></remarks>
internal static class ProxyPrefix
{
    /// <summary>True if mod_proxy_scgi has sent the request.</summary>
    /// <remarks>
    /// It passes a script's header on as it is, so that a lone Location stays a 200 (RFC 3875 section 6.2.3 wants a 302), and it takes a status line of HTTP, as nph- scripts write it, for a broken header.
    /// nginx and lighttpd see to both themselves.
    /// </remarks>
    internal static bool IsModProxyScgi(CgiVariables request) => request.Block.IndexOf("SCRIPT_FILENAME\0proxy:scgi:"u8) >= 0;

    internal static ReadOnlySpan<byte> Remove(ReadOnlySpan<byte> path, out bool isProxied)
    {
        ReadOnlySpan<byte> schemeEnd = "://"u8;
        isProxied = path.StartsWith("proxy:"u8);
        int authority = isProxied ? path.IndexOf(schemeEnd) : -1;
        if (authority < 0)
            return path;
        path = path[(authority + schemeEnd.Length)..];
        int start = path.IndexOf((byte)'/');
        return start < 0 ? default : path[start..];
    }
}
