using System.Net;
using Shims.Gateway.Connections;

namespace Shims.Control.Serve;

/// <summary>The settings of <c>shimctl serve</c>.</summary>
internal sealed record ServeSettings
{
    /// <summary>The absolute path of a script, an app or a directory. A directory ends in a slash.</summary>
    internal required string What { get; init; }

    /// <summary>Arguments for the script or app.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether <see cref="What"/> speaks the protocol itself.</summary>
    internal bool IsApp { get; init; }

    /// <summary>The protocol between this server and the programs.</summary>
    internal Protocol Protocol { get; init; } = Protocols.Scgi;

    /// <summary>Variables of the scripts' environment, NAME=VALUE: <c>--env</c> of the shim.</summary>
    internal IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Variables of requests that are passed on to scripts although they are not CGI: <c>--allow-env</c> of the shim.</summary>
    internal IReadOnlyList<string> AllowedEnv { get; init; } = [];

    /// <summary>The programs that run files, by extension.</summary>
    internal IReadOnlyDictionary<string, string> Interpreters { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of files that respond for their directory.</summary>
    internal IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>How long a program may send nothing before it is ended; zero for any time, null for the default.</summary>
    internal TimeSpan? ReadTimeout { get; init; }

    internal IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 for any free port.</summary>
    internal int Port { get; init; } = 8080;

    /// <summary>Host names of this server, beside localhost and the machine's name.</summary>
    internal IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether HTML pages are reloaded when a file changes.</summary>
    internal bool IsLive { get; init; }
}
