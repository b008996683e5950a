using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers;

/// <summary>
/// A web server or super-server: how its configuration is written, found, recognised and read. A line of <see cref="ServerKinds"/>.
/// </summary>
/// <param name="Word">Its name on the command line.</param>
internal sealed record ServerKind(string Word)
{
    /// <summary>True for a web server, false for a super-server.</summary>
    internal bool IsWebServer { get; init; }

    /// <summary>Writes its half of a deployment; null if it is only looked at.</summary>
    internal Func<ConfigurationSet, IEnumerable<ConfigurationSnippet>>? Write { get; init; }

    /// <summary>The objection to SCGI, with the cure; null if it speaks SCGI.</summary>
    internal string? WithoutScgi { get; init; }

    /// <summary>The objection to unix sockets, with the cure; null if it knows them.</summary>
    internal string? WithoutUnixSockets { get; init; }

    /// <summary>The objection to ports, with the cure; null if it knows them.</summary>
    internal string? WithoutPorts { get; init; }

    /// <summary>True if it can hand its listening socket to one process for all requests.</summary>
    internal bool CanWait { get; init; } = true;

    /// <summary>True if it can do nothing else.</summary>
    internal bool MustWait { get; init; }

    /// <summary>The user that web servers run as, where this super-server is at home.</summary>
    internal string UsualUser { get; init; } = "www-data";

    /// <summary>The folder for sockets that is usual there.</summary>
    internal string UsualSocketFolder { get; init; } = "/run/shims";

    /// <summary>The files in which distributions keep its configuration, with wildcards.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True if a file, of which path and text are given, is its configuration.</summary>
    internal Func<string, string, bool> Recognises { get; init; } = static (_, _) => false;

    /// <summary>Reads its configuration from a path and the text of that file.</summary>
    internal Func<string, string, IConfiguration>? Read { get; init; }
}
