using Shims.Control.Servers.Apps;
using Shims.Control.Servers.Writing;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers;

/// <summary>The configurations of a web server and a super-server that go together.</summary>
internal static class ConfigurationPlan
{
    /// <summary>Explains why a pair cannot work.</summary>
    /// <param name="web">The web server.</param>
    /// <param name="super">The super-server.</param>
    /// <param name="protocol">What they speak.</param>
    /// <param name="hasPort">True for a port, false for a unix socket.</param>
    /// <param name="recipe">The program that is served, which may want uploads; null if it is not a known one.</param>
    /// <returns>Cause and cure; null if it can.</returns>
    internal static string? Objection(ServerKind web, ServerKind super, Protocol protocol, bool hasPort, string? recipe = null) =>
        web.ObjectionTo(protocol)
            ?? (hasPort ? super.WithoutPorts : super.WithoutUnixSockets)
            ?? (protocol == Protocols.Ajp13 && hasPort ? web.WithoutSecret : null)
            ?? (protocol == Protocols.Ajp13 && recipe is not null && web.WithoutAjpUploads is { } cause ? $"{cause}, which {recipe} may want to: use --protocol fastcgi, or --web apache" : null);

    /// <summary>Explains why processes cannot live so under a super-server.</summary>
    /// <param name="super">The super-server.</param>
    /// <param name="waits">True if one process for all requests is asked for.</param>
    /// <param name="isForEach">True if a process for each connection is asked for.</param>
    /// <returns>Cause and cure; null if they can.</returns>
    internal static string? ObjectionToLife(ServerKind super, bool waits, bool isForEach) =>
        waits && isForEach ? "--wait and --nowait cannot be combined: give one of them"
            : waits && !super.CanWait ? $"--wait is impossible with {super.Word}, which starts a process for each connection: leave --wait out, or use another --super"
            : isForEach && super.MustWait ? $"--nowait is impossible with {super.Word}, which starts one process for all connections: leave --nowait out, or use another --super"
            : null;

    /// <summary>Explains why an app of ASP.NET Core cannot be started so.</summary>
    /// <param name="super">The super-server.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="program">The program, or what was taken for it.</param>
    /// <param name="isForEach">True for a process for each connection.</param>
    /// <returns>Cause and cure; null if it can, and if it is not such an app.</returns>
    internal static string? ObjectionToApp(ServerKind super, Protocol protocol, string program, bool isForEach) => PublishedApp.Find(program) switch
    {
        null => null,
        _ when program.EndsWith(".dll", StringComparison.Ordinal) => $"{program} is not a program: give {program[..^".dll".Length]}, which dotnet publish writes beside it",
        { UsesShim: false } => $"{program} is an app of ASP.NET Core that listens on a port of its own: add the package Shims.AspNetCore to it, and call builder.UseShim()",
        _ when protocol == Protocols.Ajp13 => $"{program} is an app of ASP.NET Core, which speaks no AJP13: use --protocol fastcgi",
        { IsNative: false } when isForEach || !super.CanWait => $"{program} would start the .NET runtime for each connection, which takes a fifth of a second: "
            + (isForEach ? "leave --nowait out, or compile it to native code (PublishAot)" : "use another --super, which can wait, or compile it to native code (PublishAot)"),
        _ => null,
    };

    /// <summary>Explains why requests cannot be divided among several processes.</summary>
    /// <param name="web">The web server.</param>
    /// <param name="protocol">What they speak.</param>
    /// <param name="waits">True for processes that stay, false for one for each request.</param>
    /// <param name="lastPort">The port of the last process; 0 for unix sockets.</param>
    /// <returns>Cause and cure; null if they can.</returns>
    internal static string? ObjectionToProcesses(ServerKind web, Protocol protocol, bool waits, int lastPort) =>
        !web.Balances || protocol != Protocols.Ajp13 ? "--processes is for mod_proxy_balancer of Apache: use --web apache --protocol ajp13, or leave --processes out"
            : !waits ? "--processes is for processes that stay: give --wait, or leave --processes out"
            : lastPort > ushort.MaxValue ? $"--processes needs ports up to {lastPort}, but the last one is {ushort.MaxValue}: give a smaller --port"
            : null;

    /// <summary>Explains why requests cannot be divided among several hosts.</summary>
    /// <param name="web">The web server.</param>
    /// <param name="super">The super-server of each host.</param>
    /// <param name="hosts">Their IP addresses.</param>
    /// <param name="hasPort">True for a port, false for a unix socket.</param>
    /// <param name="hasPeers">True if it is said who may connect.</param>
    /// <returns>Cause and cure; null if they can.</returns>
    internal static string? ObjectionToHosts(ServerKind web, ServerKind super, IReadOnlyList<string> hosts, bool hasPort, bool hasPeers) =>
        !web.DividesAmongHosts ? "--hosts is for nginx and HAProxy: use --web nginx or --web haproxy, or leave --hosts out"
            : super.WithoutIPv6 is { } objection && hosts.Any(HostAddress.IsIPv6) ? objection
            : !hasPort ? "--hosts needs the port at which each host listens: add for example --port 9000"
            : !hasPeers && !hosts.All(HostAddress.IsThisMachine)
                ? "every machine that reaches a host could name the script to run: add --allow-from with the address of the web server, for example --allow-from 10.0.0.1"
            : null;

    /// <summary>The texts, the super-server's first: a web server that starts before it answers 502.</summary>
    /// <exception cref="ShimException">The pair has been objected to.</exception>
    internal static IReadOnlyList<ConfigurationSnippet> Write(ServerKind web, ServerKind super, Deployment deployment) =>
        Objection(web, super, deployment.Protocol, deployment.Address.Path is null) is { } objection
            ? throw new ShimException(ExitCode.Usage, objection, "see shimctl config --help")
            : WriteBoth(web, super, deployment with
            {
                Mount = !deployment.IsWholeSite && (deployment.AspNet is not null || deployment.Protocol == Protocols.Ajp13
                    || (deployment.Protocol == Protocols.Uwsgi && web.LeavesScriptToUrl)) ? deployment.Url : null,
                StateFolder = !super.MakesStateFolder && deployment.AspNet is { NeedsKeys: true } app && app.SettingsOf(PublishedApp.Production)["Shim:Keys"] is null
                    ? $"{super.UsualStateFolder}/{deployment.Name}" : null,
                ServedPeers = super.LimitsPeers ? [] : deployment.AllowedPeers,
                // A site's own page of that name is the site's.
                PingPath = !web.AsksHosts || deployment.Hosts.Count == 0 ? null : deployment.Url is "" or "/ping" ? "/shims-ping" : "/ping",
                SecretFile = deployment.Protocol == Protocols.Ajp13 && deployment.Address.Path is null ? $"/etc/shims/{deployment.Name}.secret" : null,
            });

    private static IReadOnlyList<ConfigurationSnippet> WriteBoth(ServerKind web, ServerKind super, Deployment deployment) =>
        [.. SecretWriter.Write(deployment), .. StateWriter.Write(deployment),
            .. deployment.Hosts.Count > 0 ? WriteHosts(super, deployment) : deployment.Members.SelectMany(super.Write).Distinct(), .. web.Write(deployment)];

    /// <summary>The super-server's texts of several hosts, each once; those that start something last.</summary>
    private static IEnumerable<ConfigurationSnippet> WriteHosts(ServerKind super, Deployment deployment) => deployment.Members
        .SelectMany(member => super.Write(member).Select(text => (member.Address.Host, Text: text)))
        .GroupBy(static written => written.Text, static written => written.Host).OrderBy(static hosts => hosts.Key.Then.Length > 0)
        .Select(hosts => hosts.Key with { Place = $"{(hosts.Count() == 1 ? $"on {hosts.First()}" : "on each host")}, {hosts.Key.Place}" });
}
