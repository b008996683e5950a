using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Configuration;

/// <summary>Both halves of a configuration, and which of them go together.</summary>
internal static class ConfigurationPair
{
    /// <summary>Says why a pair cannot work.</summary>
    /// <returns>Cause and cure; null if it can.</returns>
    internal static string? Objection(WebServer web, SuperServer super, Protocol protocol, bool hasPort) => (web, super) switch
    {
        (WebServer.Caddy, _) when protocol == Protocols.Scgi => "Caddy speaks no SCGI: use --protocol fastcgi",
        (WebServer.HAProxy, _) when protocol == Protocols.Scgi => "HAProxy speaks no SCGI: use --protocol fastcgi",
        (_, SuperServer.Xinetd) when !hasPort => "xinetd knows no unix sockets: use --port 9000 instead of --socket",
        (_, SuperServer.Tcpserver) when !hasPort => "tcpserver knows no unix sockets: use --port 9000 instead of --socket, or --super unixserver",
        (_, SuperServer.Unixserver) when hasPort => "unixserver listens at unix sockets only: use --socket instead of --port, or --super tcpserver",
        _ => null,
    };

    /// <summary>True if the super-server can hand its listening socket to one process for all requests.</summary>
    internal static bool CanWait(SuperServer super) => super is not (SuperServer.Tcpserver or SuperServer.Unixserver);

    /// <summary>True if it can do nothing else.</summary>
    internal static bool MustWait(SuperServer super) => super == SuperServer.SpawnFcgi;

    /// <summary>The user that web servers run as, where that super-server is at home.</summary>
    internal static string UsualUser(SuperServer super) => super switch
    {
        SuperServer.FreeBsdInetd => "www",
        SuperServer.Launchd => "_www",
        _ => "www-data",
    };

    /// <summary>The folder for sockets that is usual there.</summary>
    internal static string UsualSocketFolder(SuperServer super) => super is SuperServer.FreeBsdInetd or SuperServer.Launchd ? "/var/run" : "/run/shims";

    /// <summary>The texts, the super-server's first: a web server that starts before it answers 502.</summary>
    /// <exception cref="ShimException">The pair has been objected to.</exception>
    internal static IReadOnlyList<ConfigurationPiece> Write(WebServer web, SuperServer super, Deployment deployment) =>
        Objection(web, super, deployment.Protocol, deployment.Address.Path is null) is { } objection
            ? throw new ShimException(ExitCode.Usage, objection, "see shimctl config --help")
            : [.. WriteSuperServer(super, deployment), .. WriteWebServer(web, deployment)];

    private static IEnumerable<ConfigurationPiece> WriteSuperServer(SuperServer super, Deployment deployment) => super switch
    {
        SuperServer.Inetd => InetdHalf.WriteAll(deployment, InetdHalf.Write),
        SuperServer.FreeBsdInetd => InetdHalf.WriteAll(deployment, InetdHalf.WriteFreeBsd),
        SuperServer.Xinetd => [XinetdHalf.Write(deployment)],
        SuperServer.Launchd => [LaunchdHalf.Write(deployment)],
        SuperServer.Systemd => SystemdHalf.Write(deployment),
        SuperServer.Tcpserver => [RunScriptHalf.WriteTcpserver(deployment)],
        SuperServer.Unixserver => [RunScriptHalf.WriteUnixserver(deployment)],
        _ => [RunScriptHalf.WriteSpawnFcgi(deployment)],
    };

    private static IEnumerable<ConfigurationPiece> WriteWebServer(WebServer web, Deployment deployment) => web switch
    {
        WebServer.Nginx => [NginxHalf.Write(deployment)],
        WebServer.Apache => [ApacheHalf.Write(deployment)],
        WebServer.Lighttpd => [LighttpdHalf.Write(deployment)],
        WebServer.Caddy => [CaddyHalf.Write(deployment)],
        _ => HAProxyHalf.Write(deployment),
    };
}
