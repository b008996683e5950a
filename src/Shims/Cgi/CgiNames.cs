namespace Shims.Cgi;

/// <summary>Knows the names of CGI, and what becomes of a variable that has one. Allocates and throws nothing.</summary>
/// <remarks>
/// A list of what is CGI, not of what is bad: a name that some loader, shell or interpreter takes code from (<see cref="CodeNames"/>) is not in it, and
/// neither is the next one of its kind. Names are those of RFC 3875, and what nginx, Apache, lighttpd, Caddy, HAProxy, h2o and cgi-fcgi send of their own accord.
/// </remarks>
internal static class CgiNames
{
    /// <summary>The number of names.</summary>
    internal const int Count = (int)CgiName.OtherHeader + 1;

    /// <summary>True if the name alone lets a variable through.</summary>
    internal static bool IsPassed(this CgiName name) => name >= CgiName.AuthType;

    /// <summary>True if the command line may let it through.</summary>
    internal static bool MayBeAllowed(this CgiName name) => name <= CgiName.HttpProxyAuthorization;

    /// <summary>True if a variable that comes twice is one list. Of anything else the last one counts, as web servers send the more particular setting later.</summary>
    internal static bool IsList(this CgiName name) => name >= CgiName.HttpCookie;

    /// <summary>
    /// Whether an empty value means the same as none (RFC 3875 section 4.1), which is how other web servers send it: nginx sends an empty SERVER_NAME for
    /// a server without a name, lighttpd 1.4.69 leaves empty headers out, and Caddy 2.6 sends an empty User-Agent if there was none.
    /// </summary>
    internal static bool IsAbsentWhenEmpty(this CgiName name) => name.IsPassed() && name != CgiName.OtherCgi;

    /// <summary>True if only one name is known as this.</summary>
    internal static bool IsOneName(this CgiName name) =>
        name is not (CgiName.Other or CgiName.Unportable or CgiName.Dangerous or CgiName.OtherCgi or CgiName.OtherHeader);

    /// <summary>Looks a name up.</summary>
    internal static CgiName Of(ReadOnlySpan<byte> name)
    {
        CgiName known = name.StartsWith("HTTP_"u8) ? OfHeader(name) : OfVariable(name);
        if (known.IsOneName())
            return known;
        if (IsNeverPassed(name))
            return CgiName.Dangerous;
        if (!IsPortable(name))
            return CgiName.Unportable;
        return known == CgiName.Other && IsOtherCgi(name) ? CgiName.OtherCgi : known;
    }

    /// <summary>True if the name is one that every shell and program can take: a letter or underscore, then letters, digits and underscores.</summary>
    internal static bool IsPortable(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] is >= (byte)'0' and <= (byte)'9')
            return false;
        foreach (byte next in name)
        {
            if (next is not ((>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_'))
                return false;
        }
        return true;
    }

    /// <summary>
    /// HTTP_PROXY in any case, a header that HTTP clients take for their proxy (httpoxy), and SHIMS_*, by which our own programs are told where to write. No
    /// option lets them through from a request.
    /// </summary>
    internal static bool IsNeverPassed(ReadOnlySpan<byte> name) => IsIgnoringCase(name, "HTTP_PROXY"u8) || name.StartsWith("SHIMS_"u8);

    /// <summary>
    /// Whether a web server sends the variable without being asked, for its own use: Apache the first three, cgi-fcgi all of its environment. No script needs it.
    /// </summary>
    internal static bool IsOfServer(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("PATH"u8) || name.SequenceEqual("LD_LIBRARY_PATH"u8) || name.SequenceEqual("nokeepalive"u8) || name.SequenceEqual("PWD"u8) || name.SequenceEqual("OLDPWD"u8) ||
        name.SequenceEqual("SHLVL"u8) || name.SequenceEqual("LANG"u8) || name.SequenceEqual("_"u8);

    private static CgiName OfHeader(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("HTTP_HOST"u8) ? CgiName.HttpHost :
        name.SequenceEqual("HTTP_USER_AGENT"u8) ? CgiName.HttpUserAgent :
        name.SequenceEqual("HTTP_COOKIE"u8) ? CgiName.HttpCookie :
        name.SequenceEqual("HTTP_CONNECTION"u8) ? CgiName.HttpConnection :
        name.SequenceEqual("HTTP_REFERER"u8) ? CgiName.HttpReferer :
        name.SequenceEqual("HTTP_ORIGIN"u8) ? CgiName.HttpOrigin :
        name.SequenceEqual("HTTP_AUTHORIZATION"u8) ? CgiName.HttpAuthorization :
        name.SequenceEqual("HTTP_IF_MODIFIED_SINCE"u8) ? CgiName.HttpIfModifiedSince :
        name.SequenceEqual("HTTP_CONTENT_LENGTH"u8) ? CgiName.HttpContentLength :
        name.SequenceEqual("HTTP_CONTENT_TYPE"u8) ? CgiName.HttpContentType :
        name.SequenceEqual("HTTP_TRANSFER_ENCODING"u8) ? CgiName.HttpTransferEncoding :
        name.SequenceEqual("HTTP_KEEP_ALIVE"u8) ? CgiName.HttpKeepAlive :
        name.SequenceEqual("HTTP_EXPECT"u8) ? CgiName.HttpExpect :
        name.SequenceEqual("HTTP_RANGE"u8) ? CgiName.HttpRange :
        name.SequenceEqual("HTTP_IF_RANGE"u8) ? CgiName.HttpIfRange :
        name.SequenceEqual("HTTP_IF_UNMODIFIED_SINCE"u8) ? CgiName.HttpIfUnmodifiedSince :
        name.SequenceEqual("HTTP_ACCESS_CONTROL_REQUEST_METHOD"u8) ? CgiName.HttpAccessControlRequestMethod :
        name.SequenceEqual("HTTP_CONTENT_LOCATION"u8) ? CgiName.HttpContentLocation :
        name.SequenceEqual("HTTP_CONTENT_RANGE"u8) ? CgiName.HttpContentRange :
        name.SequenceEqual("HTTP_DATE"u8) ? CgiName.HttpDate :
        name.SequenceEqual("HTTP_FROM"u8) ? CgiName.HttpFrom :
        name.SequenceEqual("HTTP_MAX_FORWARDS"u8) ? CgiName.HttpMaxForwards :
        name.SequenceEqual("HTTP_PROXY_AUTHORIZATION"u8) ? CgiName.HttpProxyAuthorization :
        CgiName.OtherHeader;

    private static CgiName OfVariable(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("CONTENT_LENGTH"u8) ? CgiName.ContentLength :
        name.SequenceEqual("REQUEST_METHOD"u8) ? CgiName.RequestMethod :
        name.SequenceEqual("REQUEST_SCHEME"u8) ? CgiName.RequestScheme :
        name.SequenceEqual("REQUEST_URI"u8) ? CgiName.RequestUri :
        name.SequenceEqual("SCRIPT_NAME"u8) ? CgiName.ScriptName :
        name.SequenceEqual("SERVER_NAME"u8) ? CgiName.ServerName :
        name.SequenceEqual("SERVER_PORT"u8) ? CgiName.ServerPort :
        name.SequenceEqual("SERVER_ADDR"u8) ? CgiName.ServerAddr :
        name.SequenceEqual("REMOTE_ADDR"u8) ? CgiName.RemoteAddr :
        name.SequenceEqual("REMOTE_HOST"u8) ? CgiName.RemoteHost :
        name.SequenceEqual("REMOTE_USER"u8) ? CgiName.RemoteUser :
        name.SequenceEqual("REMOTE_IDENT"u8) ? CgiName.RemoteIdent :
        name.SequenceEqual("CONTENT_TYPE"u8) ? CgiName.ContentType :
        name.SequenceEqual("QUERY_STRING"u8) ? CgiName.QueryString :
        name.SequenceEqual("DOCUMENT_URI"u8) ? CgiName.DocumentUri :
        name.SequenceEqual("DOCUMENT_ROOT"u8) ? CgiName.DocumentRoot :
        name.SequenceEqual("PATH_INFO"u8) ? CgiName.PathInfo :
        name.SequenceEqual("AUTH_TYPE"u8) ? CgiName.AuthType :
        name.SequenceEqual("PATH_TRANSLATED"u8) ? CgiName.PathTranslated :
        name.SequenceEqual("SCRIPT_FILENAME"u8) ? CgiName.ScriptFilename :
        name.SequenceEqual("SERVER_PROTOCOL"u8) ? CgiName.ServerProtocol :
        name.SequenceEqual("SERVER_SOFTWARE"u8) ? CgiName.ServerSoftware :
        name.SequenceEqual("REDIRECT_STATUS"u8) ? CgiName.RedirectStatus :
        name.SequenceEqual("GATEWAY_INTERFACE"u8) ? CgiName.GatewayInterface :
        name.SequenceEqual("HTTPS"u8) ? CgiName.Https :
        name.SequenceEqual("SCGI"u8) ? CgiName.Scgi :
        CgiName.Other;

    /// <summary>Further names that web servers send, each with the servers that do.</summary>
    private static bool IsOtherCgi(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("REMOTE_PORT"u8) || // each of them
        name.SequenceEqual("SERVER_ADMIN"u8) || name.SequenceEqual("SERVER_SIGNATURE"u8) || name.SequenceEqual("UNIQUE_ID"u8) || // Apache, mod_unique_id
        name.SequenceEqual("CONTEXT_PREFIX"u8) || name.SequenceEqual("CONTEXT_DOCUMENT_ROOT"u8) || // Apache since 2.3.13
        name.SequenceEqual("SCRIPT_URL"u8) || name.SequenceEqual("SCRIPT_URI"u8) || // mod_rewrite
        name.SequenceEqual("FCGI_ROLE"u8) || name.SequenceEqual("FCGI_DATA_LAST_MOD"u8) || name.SequenceEqual("FCGI_DATA_LENGTH"u8) || // FastCGI sections 6.2 to 6.4
        name.SequenceEqual("HTTP2"u8) || name.SequenceEqual("H2PUSH"u8) || name.StartsWith("H2_"u8) || // Apache, mod_http2
        name.StartsWith("REDIRECT_"u8) || // Apache and lighttpd, after an internal redirect: what the first request had
        (name.StartsWith("SSL_"u8) && IsOfTls(name));

    /// <summary>The table of mod_ssl, which lighttpd 1.4 and Caddy 2 follow. Not SSL_CERT_FILE and SSL_CERT_DIR: OpenSSL takes its trusted certificates from there.</summary>
    private static bool IsOfTls(ReadOnlySpan<byte> name) =>
        name.StartsWith("SSL_CLIENT_"u8) || name.StartsWith("SSL_SERVER_"u8) ||
        name.SequenceEqual("SSL_PROTOCOL"u8) || name.SequenceEqual("SSL_CIPHER"u8) || name.StartsWith("SSL_CIPHER_"u8) ||
        name.SequenceEqual("SSL_SESSION_ID"u8) || name.SequenceEqual("SSL_SESSION_RESUMED"u8) || name.SequenceEqual("SSL_SECURE_RENEG"u8) ||
        name.SequenceEqual("SSL_COMPRESS_METHOD"u8) || name.SequenceEqual("SSL_TLS_SNI"u8) ||
        name.SequenceEqual("SSL_VERSION_INTERFACE"u8) || name.SequenceEqual("SSL_VERSION_LIBRARY"u8) ||
        name.SequenceEqual("SSL_SRP_USER"u8) || name.SequenceEqual("SSL_SRP_USERINFO"u8);

    private static bool IsIgnoringCase(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => System.Text.Ascii.EqualsIgnoreCase(name, other);
}
