namespace Shims.Cgi;

/// <summary>The names that the gateway knows, in groups by what becomes of such a variable of a request. See <see cref="CgiNames"/>.</summary>
/// <remarks>The order of the groups counts: <see cref="CgiNames"/> asks which group a name is in by its first and last member.</remarks>
internal enum CgiName : byte
{
    /// <summary>A name that is not CGI. Only the command line lets it through.</summary>
    Other,

    // Headers that only the command line lets through: RFC 3875 section 4.1.18 advises to keep credentials from scripts.
    HttpAuthorization,
    HttpProxyAuthorization,

    /// <summary>A name that not every shell and program can take: it is not letters, digits and underscores. Never passed on, as the rest of this group.</summary>
    Unportable,

    /// <summary>HTTP_PROXY in any case, or SHIMS_*, which steer our own programs.</summary>
    Dangerous,

    // What another variable says already, or what is true of the connection to the web server only: whether these are there differs by web server, and
    // a script that trusted them (HTTP_TRANSFER_ENCODING) would be wrong. RFC 3875 section 4.1.18.
    HttpConnection,
    HttpContentLength,
    HttpContentType,
    HttpExpect,
    HttpKeepAlive,
    HttpTransferEncoding,
    Scgi,

    // Written by the gateway itself, whatever the request says.
    ContentLength,
    PathInfo,
    PathTranslated,
    ScriptFilename,
    ScriptName,

    // From here on: passed on.
    AuthType,
    ContentType,
    DocumentRoot,
    DocumentUri,
    GatewayInterface,
    Https,
    QueryString,
    RedirectStatus,
    RemoteAddr,
    RemoteHost,
    RemoteIdent,
    RemoteUser,
    RequestMethod,
    RequestScheme,
    RequestUri,
    ServerAddr,
    ServerName,
    ServerPort,
    ServerProtocol,
    ServerSoftware,

    /// <summary>Any other name of CGI that is passed on and not looked at.</summary>
    OtherCgi,

    // Headers of which RFC 9110 allows one, or RFC 6454 and Fetch do.
    HttpAccessControlRequestMethod,
    HttpContentLocation,
    HttpContentRange,
    HttpDate,
    HttpFrom,
    HttpHost,
    HttpIfModifiedSince,
    HttpIfRange,
    HttpIfUnmodifiedSince,
    HttpMaxForwards,
    HttpOrigin,
    HttpRange,
    HttpReferer,
    HttpUserAgent,

    // Headers that may come several times, and are then one list.
    HttpCookie,

    /// <summary>Any other header.</summary>
    OtherHeader,
}
