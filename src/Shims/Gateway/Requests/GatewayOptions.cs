using System.Text;
using Shims.Cgi;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The options of <c>scgi-run</c> and <c>fcgi-run</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The program's name, for log lines.</summary>
    internal required string Program { get; init; }

    internal required ScriptTarget Target { get; init; }

    internal RunMode Mode { get; init; }

    /// <summary>Files beside the program's own whose change ends a process in wait mode, as does that one of them appears.</summary>
    internal string[] WatchedFiles { get; init; } = [];

    /// <summary>False if SIGTERM and SIGINT are for the app that made the service, which ends the process; SIGHUP then does too.</summary>
    internal bool EndsBySignals { get; init; } = true;

    internal EnvironmentPolicy Environment { get; init; }

    /// <summary>A line to log before anything else, or null.</summary>
    internal string? Note { get; init; }

    internal Limits Limits { get; init; } = new();

    /// <summary><c>--stderr</c>: journal, syslog, null, inherit, or a file; null if it was not given.</summary>
    internal string? StandardError { get; init; }

    /// <summary><c>--log-format</c>: sentences or JSON.</summary>
    internal LogFormat LogFormat { get; init; }

    /// <summary><c>--access-log</c>: journal, syslog, inherit, or a file; null for none.</summary>
    internal string? AccessLog { get; init; }

    /// <summary><c>--trust-request-id</c>: the web server's id of a request is ours.</summary>
    internal bool TrustsRequestId { get; init; }

    /// <summary><c>--errors browser</c>: pages say what the log says.</summary>
    internal bool ErrorsInBrowser { get; init; }

    /// <summary><c>--record</c>: keeps capsules of requests that failed.</summary>
    internal bool Records { get; init; }

    /// <summary><c>--truthful</c>: a response that broke off must look broken.</summary>
    internal bool IsTruthful { get; init; }

    /// <summary><c>--client-gone finish</c>: a script goes on when its client has left.</summary>
    internal bool FinishesAlone { get; init; }

    /// <summary><c>--secret-file</c>: what a web server must send with each AJP13 request; null for nothing.</summary>
    internal Secret? Secret { get; init; }

    /// <summary><c>--insecure-no-secret</c>: a TCP socket on loopback may do without a secret.</summary>
    internal bool NeedsNoSecret { get; init; }

    /// <summary><c>--attribute</c>: names of AJP13 attributes that become variables.</summary>
    internal byte[][] Attributes { get; init; } = [];

    /// <summary>Whether the program listens itself, and whom it serves.</summary>
    internal SocketOptions Sockets { get; init; } = new();

    /// <summary><c>--status</c>: the script's header is checked, and a Status line always sent.</summary>
    internal bool SendsStatus { get; init; }

    /// <summary><c>--status-path</c>: the path of the page that shows what the process does; null for none.</summary>
    internal byte[]? StatusPath { get; init; }

    /// <summary><c>--ping-path</c>: the path of the page that says whether the process can take a request; null for none.</summary>
    internal byte[]? PingPath { get; init; }

    /// <summary>The path of a page of the program's own, as it is compared; null for none.</summary>
    internal static byte[]? OwnPath(string? path) => path is null ? null : Encoding.UTF8.GetBytes(path);

    /// <summary>The mode in which a request with a body of this length is run over SCGI.</summary>
    /// <param name="bodyLength">Bytes.</param>
    /// <param name="mayExec">False where the shim has to outlive the script.</param>
    /// <param name="needsHeader">True if the web server does not understand each header that CGI allows: see <see cref="ProxyPrefix.IsModProxyScgi"/>.</param>
    internal RunMode ModeFor(long bodyLength, bool mayExec, bool needsHeader = false)
    {
        bool looksAtResponse = SendsStatus || ErrorsInBrowser || Records || AccessLog is not null || LogFormat == LogFormat.Json;
        if (Platform.IsPortable || Mode == RunMode.Relay || looksAtResponse || FinishesAlone || (Mode == RunMode.Auto && (needsHeader || Diagnostics.StandardError.IsSyslog)))
            return RunMode.Relay;
        bool isSmall = bodyLength <= Limits.SmallBody;
        bool mustStay = !mayExec || IsTruthful || Limits.ScriptSeconds is not null || Limits.Concurrency > 0
            || Target.Options is { HasTimes: true };
        return Mode switch
        {
            // A larger body would have to be read while the script writes, which is relaying.
            _ when !isSmall => RunMode.Relay,
            RunMode.Supervise => RunMode.Supervise,
            _ => mustStay ? RunMode.Supervise : RunMode.Exec,
        };
    }
}
