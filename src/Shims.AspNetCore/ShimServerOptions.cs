namespace Shims;

/// <summary>Options of an app that <c>UseShim()</c> serves. They matter only where a super-server or a web server has started it.</summary>
/// <remarks>
/// Each is also read from the app's configuration, section <c>Shim</c> (<c>Shim:IdleTimeout</c>), which wins over code. The administrator's variables of the environment win
/// over both: <c>SHIMS_IDLE</c> (seconds), <c>SHIMS_PROTOCOL</c> (gateway, http), <c>SHIMS_MOUNT</c> (a path), <c>SHIMS_MAX_BODY</c> (bytes, or with K, M, G), and
/// <c>SHIMS_ALLOW_FROM</c>, <c>SHIMS_STDERR</c>, <c>SHIMS_ACCESS_LOG</c>, <c>SHIMS_LOG_FORMAT</c>, <c>SHIMS_TRUST_REQUEST_ID</c>, <c>SHIMS_STATUS_PATH</c>, <c>SHIMS_PING_PATH</c>, <c>SHIMS_TIMEOUT</c>, <c>SHIMS_HEADER_TIMEOUT</c>,
/// <c>SHIMS_MAX_HEADER</c> and <c>SHIMS_MAX</c>, as for handlers.
/// </remarks>
/// <example><code>
/// builder.UseShim(options => options.IdleTimeout = TimeSpan.FromMinutes(5));
/// </code></example>
public sealed class ShimServerOptions
{
    /// <summary>The protocol of the socket. Default: <see cref="ShimProtocol.Gateway"/>.</summary>
    public ShimProtocol Protocol { get; set; }

    /// <summary>On a listening socket: end after so long without a request. Zero: never. Default: one minute.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>On a listening socket: end after so many requests. Default: 0, any number.</summary>
    public long MaxRequests { get; set; }

    /// <summary>On a listening socket: end after so long. Default: zero, never.</summary>
    public TimeSpan MaxAge { get; set; }

    /// <summary>
    /// On a listening socket: files whose change ends the process, beside the app's own, its <c>appsettings*.json</c> and <c>app_offline.htm</c>. Relative to the app's
    /// folder.
    /// </summary>
    public IList<string> WatchedFiles { get; } = [];

    /// <summary>The path of the app in the site, such as <c>/blog</c>, which becomes the request's PathBase. Default: null, believe the web server.</summary>
    public string? PathBase { get; set; }

    /// <summary>Largest body of a request, bytes; null for no limit. Default: 30,000,000, as Kestrel's.</summary>
    public long? MaxRequestBodySize { get; set; } = 30_000_000;

    /// <summary>True if bodies may be read and written synchronously. Default: false, as Kestrel's.</summary>
    public bool AllowSynchronousIO { get; set; }

    /// <summary>True if the values of response headers may have characters beyond ASCII, which go out as UTF-8. Default: false, as Kestrel's.</summary>
    public bool AllowUnicodeResponseHeaders { get; set; }

    /// <summary>True if each response has a header <c>X-Request-Id</c>, with the id that stands in the log. Default: false.</summary>
    public bool RequestIdHeader { get; set; }

    /// <summary>
    /// The folder for the keys of data protection, by which cookies and form tokens outlive the process. Default: null, the framework's own choice, or what systemd's
    /// <c>STATE_DIRECTORY</c> says where there is no home.
    /// </summary>
    public string? Keys { get; set; }

    /// <summary>The options of handlers that only the administrator sets.</summary>
    internal ShimOptions Administrator { get; set; } = new();
}
