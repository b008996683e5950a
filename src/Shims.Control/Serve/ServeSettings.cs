using System.Net;
using Shims.Gateway.Connections;

namespace Shims.Control.Serve;

/// <summary>What the command line of <c>shimctl serve</c> says.</summary>
internal sealed record ServeSettings
{
    /// <summary>What is served: absolute; a directory ends in a slash.</summary>
    internal required string What { get; init; }

    /// <summary>What stands behind it, for the script or app.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether <see cref="What"/> speaks SCGI or FastCGI itself.</summary>
    internal bool IsApp { get; init; }

    /// <summary>What is spoken with the programs.</summary>
    internal Protocol Protocol { get; init; } = Protocols.Scgi;

    /// <summary>Options of the shim that stand before the target, such as <c>--env NAME=VALUE</c>.</summary>
    internal IReadOnlyList<string> ShimOptions { get; init; } = [];

    internal IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0: one that is free.</summary>
    internal int Port { get; init; } = 8080;

    /// <summary>Names by which browsers may call this server, beside those of this machine.</summary>
    internal IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether pages reload themselves when a file changes.</summary>
    internal bool IsLive { get; init; }
}
