using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Writing;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers;

/// <summary>
/// A web server or super-server: how its configuration is written, found, recognised and read. A line of <see cref="ServerKinds"/>.
/// </summary>
/// <param name="Word">Its name on the command line.</param>
internal sealed record ServerKind(string Word)
{
    /// <summary>The user of most web servers on Debian.</summary>
    private const string DebianUser = "www-data";

    /// <summary>True for a web server, false for a super-server.</summary>
    internal bool IsWebServer { get; init; }

    /// <summary>Writes its half of a deployment.</summary>
    internal required Func<Deployment, IEnumerable<ConfigurationSnippet>> Write { get; init; }

    /// <summary>The reason why the web server sends no files, with the fix; null if it does.</summary>
    internal string? WithoutAlias { get; init; }

    /// <summary>The reason why the web server cannot refuse a part of the site, with the fix; null if it can.</summary>
    internal string? WithoutDeny { get; init; }

    /// <summary>The reason why the web server checks no passwords of a file, with the fix; null if it does.</summary>
    internal string? WithoutUserFile { get; init; }

    /// <summary>Its name in sentences.</summary>
    internal string Title { get => field ?? Word; init; }

    /// <summary>The protocols that a web server speaks to gateways.</summary>
    internal IReadOnlyList<Protocol> Spoken { get; init; } = [];

    /// <summary>True if what a web server sends over uwsgi leaves it to the gateway which script the URL names.</summary>
    internal bool LeavesScriptToUrl { get; init; }

    /// <summary>True if the web server can divide requests among several processes.</summary>
    internal bool Balances { get; init; }

    /// <summary>True if its writer divides requests among several hosts.</summary>
    internal bool DividesAmongHosts { get; init; }

    /// <summary>True if its writer lets the web server ask each of several hosts for a page, to see whether it can take a request.</summary>
    internal bool AsksHosts { get; init; }

    /// <summary>True if the super-server itself keeps other machines from connecting, so that the program need not; xinetd does not where one process waits for all connections.</summary>
    internal bool LimitsPeers { get; init; }

    /// <summary>The objection to an address of IPv6, with the cure; null if it knows them.</summary>
    internal string? WithoutIPv6 { get; init; }

    /// <summary>The objection to a protocol with a secret, with the cure; null if the web server can send one.</summary>
    internal string? WithoutSecret { get; init; }

    /// <summary>The reason why uploads do not arrive over AJP13; null if they do.</summary>
    internal string? WithoutAjpUploads { get; init; }

    /// <summary>The objection to a protocol, with the cure; null if the web server speaks it.</summary>
    internal string? ObjectionTo(Protocol protocol)
    {
        if (Spoken.Contains(protocol))
            return null;
        string own = string.Join(" or ", Spoken.Select(static spoken => spoken.Word));
        string others = string.Join(" or ", ServerKinds.All.Where(kind => kind.Spoken.Contains(protocol)).Select(static kind => kind.Word));
        return $"{Title} speaks no {protocol.Name}: use --protocol {own}, or --web {others}";
    }

    /// <summary>The objection to unix sockets, with the cure; null if it knows them.</summary>
    internal string? WithoutUnixSockets { get; init; }

    /// <summary>The objection to ports, with the cure; null if it knows them.</summary>
    internal string? WithoutPorts { get; init; }

    /// <summary>True if it can hand its listening socket to one process for all requests.</summary>
    internal bool CanWait { get; init; } = true;

    /// <summary>True if it can do nothing else.</summary>
    internal bool MustWait { get; init; }

    /// <summary>
    /// Of a web server, the user that Debian's package runs it as; of a super-server, the user of web servers where it is at home.
    /// </summary>
    internal string UsualUser { get; init; } = DebianUser;

    /// <summary>The user that this web server runs as, where a super-server is at home.</summary>
    internal string UserUnder(ServerKind super) => super.UsualUser == DebianUser ? UsualUser : super.UsualUser;

    /// <summary>The folder for sockets that is usual there.</summary>
    internal string UsualSocketFolder { get; init; } = "/run/shims";

    /// <summary>The folder for what programs keep that is usual there.</summary>
    internal string UsualStateFolder { get; init; } = "/var/lib";

    /// <summary>True if it makes a folder for what a program keeps by itself.</summary>
    internal bool MakesStateFolder { get; init; }

    /// <summary>The files in which distributions keep its configuration, with wildcards.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True if a file, of which path and text are given, is its configuration.</summary>
    internal Func<string, string, bool> Recognises { get; init; } = static (_, _) => false;

    /// <summary>Reads its configuration from a path and the text of that file.</summary>
    internal Func<string, string, IConfiguration>? Read { get; init; }
}
