namespace Shims;

/// <summary>Options of a program with a handler. The defaults suit a small site.</summary>
/// <remarks>
/// Settings for the administrator are also read from the environment, which takes precedence: <c>SHIMS_ERRORS</c> (log, browser), <c>SHIMS_STDERR</c>
/// (journal, syslog, null, inherit, or a file), <c>SHIMS_LOG_FORMAT</c> (text, json), <c>SHIMS_ACCESS_LOG</c> (as
/// <see cref="AccessLog"/>), <c>SHIMS_TRUST_REQUEST_ID</c> (1, 0), <c>SHIMS_STATUS_PATH</c> and <c>SHIMS_PING_PATH</c> (paths), <c>SHIMS_MOUNT</c> (a path), <c>SHIMS_PROTOCOL</c> (scgi, fastcgi, uwsgi, or several with commas; or ajp13), <c>SHIMS_SECRET_FILE</c> (a file), <c>SHIMS_INSECURE_NO_SECRET</c> (1, 0), <c>SHIMS_LISTEN</c> (an address), <c>SHIMS_SOCKET_MODE</c> (octal), <c>SHIMS_ALLOW_ROOT</c> (1, 0), <c>SHIMS_ALLOW_FROM</c> (addresses and networks), <c>SHIMS_TIMEOUT</c>, <c>SHIMS_HEADER_TIMEOUT</c>,
/// <c>SHIMS_IDLE</c>, <c>SHIMS_FINISH_TIME</c> (seconds),
/// <c>SHIMS_MAX_HEADER</c>, <c>SHIMS_MAX_BODY</c> (bytes, or with K, M, G) and <c>SHIMS_MAX</c> (requests at a time). With
/// <see cref="Shim.Run(ref string[], Action{CgiRequest, CgiResponse}, ShimOptions?)"/> they are options of the command line too, which
/// wins: <c>--idle 60</c>.
/// </remarks>
/// <example><code>
/// return Shim.Run(
///     (request, response) => response.Write("hello\n"),
///     new ShimOptions { IdleTimeout = TimeSpan.FromMinutes(1), MaxBodySize = 1 &lt;&lt; 20 });
/// </code></example>
public sealed class ShimOptions
{
    /// <summary>
    /// Where the program stands in the site, such as <c>/blog</c>; <c>/</c> for all of it. Then SCRIPT_NAME is this and PATH_INFO the rest, whatever the web server has made of them.
    /// Default: null, believe the web server.
    /// </summary>
    public string? MountPath { get; set; }

    /// <summary>
    /// The protocols that are answered on a connection; of several the first byte that comes tells which it is. Default: SCGI, FastCGI and
    /// uwsgi.
    /// </summary>
    public ShimProtocols Protocols { get; set; } = ShimProtocols.Scgi | ShimProtocols.FastCgi | ShimProtocols.Uwsgi;

    /// <summary>AJP13: a file, readable only by its owner, with the secret that web servers must send. Needed on any socket but a unix one with a path. Default: null, none.</summary>
    public string? SecretFile { get; set; }

    /// <summary>AJP13: a TCP socket on loopback does without <see cref="SecretFile"/>: every user of the machine can say who has logged in then. Default: false.</summary>
    public bool InsecureNoSecret { get; set; }

    /// <summary>
    /// The address of a socket that the program opens itself, for containers, where no super-server hands one over: <c>unix:PATH</c>, or <c>ADDRESS:PORT</c> with an IPv6
    /// address in brackets. What is on standard input does not matter then. Default: null, serve what is handed over.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>With <see cref="Listen"/> on a unix socket: the mode of its file. Default: null, its owner alone may connect (0600).</summary>
    public UnixFileMode? SocketMode { get; set; }

    /// <summary>With <see cref="Listen"/>: root may listen too. Default: false.</summary>
    public bool AllowRoot { get; set; }

    /// <summary>
    /// The only addresses and networks whose connections are served over TCP, with commas between: <c>192.0.2.7,10.0.0.0/8,2001:db8::/32</c>. Needed with
    /// <see cref="Listen"/> on any address but loopback. Default: null, every client that can connect.
    /// </summary>
    public string? AllowFrom { get; set; }

    /// <summary>The readers of the cause of a failed request. Default: <see cref="ErrorAudience.Log"/>.</summary>
    public ErrorAudience ErrorsTo { get; set; }

    /// <summary>The destination of error output: <c>journal</c>, <c>syslog</c>, <c>null</c>, <c>inherit</c> or a file. Default: null, where it leads now, but never to the client; with FastCGI to the web server's log.</summary>
    public string? StandardError { get; set; }

    /// <summary>
    /// The destination of a line for each request, in the combined format of web servers: <c>journal</c>, <c>syslog</c>, <c>inherit</c> or
    /// a file. Default: null, none.
    /// </summary>
    public string? AccessLog { get; set; }

    /// <summary>
    /// True if <see cref="CgiRequest.RequestId"/> is the web server's: REQUEST_ID, or the header X-Request-Id where the web server sets it.
    /// Default: false.
    /// </summary>
    public bool TrustRequestId { get; set; }

    /// <summary>
    /// On a listening socket: the path of a page that shows what the process does, as text, <c>?json</c> or <c>?openmetrics</c>, such as <c>/shims-status</c>. It is compared with
    /// SCRIPT_NAME alone (over AJP13 with the path of the URL); who may see it is for the web server to say. Default: null, none.
    /// </summary>
    public string? StatusPath { get; set; }

    /// <summary>
    /// The path of a page that says whether the process can take a request, by its status of 200 or 503, such as <c>/ping</c>. It is compared as <see cref="StatusPath"/> is.
    /// Default: null, none.
    /// </summary>
    public string? PingPath { get; set; }

    /// <summary>The form of each line of the log. Default: <see cref="LogFormat.Text"/>.</summary>
    public LogFormat LogFormat { get; set; }

    /// <summary>The time limit of a handler; after it the client gets 504 and <see cref="CgiRequest.Aborted"/> is cancelled. Default: null, for ever. Whole seconds, at least one.</summary>
    public TimeSpan? HandlerTimeout { get; set; }

    /// <summary>The time limit for the header of a request. Default: 30 seconds.</summary>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(Limits.DefaultHeaderSeconds);

    /// <summary>On a listening socket: end after so long without a request. Default: zero, never.</summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>On a listening socket: how long requests in flight may take after SIGTERM until the process ends. Default: 45 seconds, half of what systemd allows.</summary>
    public TimeSpan FinishTime { get; set; } = TimeSpan.FromSeconds(Limits.DefaultFinishSeconds);

    /// <summary>Largest header of a request, bytes. Default: 256 KiB.</summary>
    public int MaxHeaderSize { get; set; } = Limits.DefaultHeaderSize;

    /// <summary>Largest body of a request, bytes; above it the client gets 413. Default: 2 GiB.</summary>
    public long MaxBodySize { get; set; } = 2L << 30;

    /// <summary>Requests that all processes of this program and user may answer at a time; above it the client gets 503. Default: 0, any number.</summary>
    public int MaxConcurrentRequests { get; set; }

    /// <summary>Handlers that one process on a listening socket runs at a time; further requests wait for a thread. Default: 64.</summary>
    public int MaxConcurrentHandlers { get; set; } = 64;

    /// <summary>A line for the log about a variable of the environment that is wrong, or null.</summary>
    internal string? Note { get; set; }

    /// <summary>Whose settings they are.</summary>
    internal SettingsState State { get; set; }

    internal ShimOptions Copy() => (ShimOptions)MemberwiseClone();
}

/// <summary>Whose settings options are.</summary>
internal enum SettingsState : byte
{
    /// <summary>Those of the program.</summary>
    Program,

    /// <summary>Those of the program, with the administrator's environment and command line applied.</summary>
    Administrator,
}
