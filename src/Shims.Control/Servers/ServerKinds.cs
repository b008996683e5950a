using System.Text;
using Shims.Control.Servers.Apache;
using Shims.Control.Servers.Caddy;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.HAProxy;
using Shims.Control.Servers.Inetd;
using Shims.Control.Servers.Launchd;
using Shims.Control.Servers.Lighttpd;
using Shims.Control.Servers.Nginx;
using Shims.Control.Servers.Reading;
using Shims.Control.Servers.Systemd;
using Shims.Control.Servers.Ucspi;
using Shims.Control.Servers.Writing;
using Shims.Control.Servers.Xinetd;
using Shims.Gateway.Connections;
using Shims.Recording;

namespace Shims.Control.Servers;

/// <summary>The servers that shimctl knows. A new one is a folder, and an entry here.</summary>
internal static class ServerKinds
{
    /// <summary>More than the mark at the beginning of every capsule.</summary>
    private const int CapsuleStart = 64;

    /// <summary>
    /// The super-servers, then the web servers; of those that are recognised, the one with the most particular form first.
    /// </summary>
    internal static IReadOnlyList<ServerKind> All { get; } =
    [
        new("systemd")
        {
            MakesStateFolder = true,
            Write = SystemdWriter.Write,
            Files = SystemdConfiguration.Files,
            Recognises = SystemdConfiguration.Recognises,
            Read = SystemdConfiguration.Load,
        },
        new("xinetd")
        {
            Write = XinetdWriter.Write,
            Files = XinetdConfiguration.Files,
            Recognises = XinetdConfiguration.Recognises,
            Read = XinetdConfiguration.Load,
            WithoutUnixSockets = "xinetd knows no unix sockets: use --port 9000 instead of --socket",
        },
        new("inetd")
        {
            Write = InetdWriter.Write,
            Files = InetdConfiguration.Files,
            Recognises = InetdConfiguration.Recognises,
            Read = InetdConfiguration.Load,
        },
        new("freebsd-inetd") { Write = InetdWriter.WriteFreeBsd, UsualUser = "www", UsualSocketFolder = "/var/run", UsualStateFolder = "/var/db" },
        new("launchd") { Write = LaunchdWriter.Write, UsualUser = "_www", UsualSocketFolder = "/var/run", UsualStateFolder = "/var/db" },
        new("tcpserver")
        {
            Write = RunScriptWriter.WriteTcpserver,
            CanWait = false,
            WithoutUnixSockets = "tcpserver knows no unix sockets: use --port 9000 instead of --socket, or --super unixserver",
        },
        new("unixserver")
        {
            Write = RunScriptWriter.WriteUnixserver,
            CanWait = false,
            WithoutPorts = "unixserver listens at unix sockets only: use --socket instead of --port, or --super tcpserver",
        },
        new("spawn-fcgi") { Write = RunScriptWriter.WriteSpawnFcgi, MustWait = true },
        new("caddy")
        {
            IsWebServer = true,
            Write = CaddyWriter.Write,
            Files = CaddyConfiguration.Files,
            Recognises = CaddyConfiguration.Recognises,
            Read = CaddyConfiguration.Load,
            Title = "Caddy",
            Spoken = [Protocols.FastCgi],
            UsualUser = "caddy",
            WithoutUserFile = "Caddy reads no file of htpasswd(1): leave --user-auth out, and write basicauth into the site's block",
        },
        new("apache")
        {
            IsWebServer = true,
            Title = "Apache",
            Spoken = Protocols.Known,
            LeavesScriptToUrl = true,
            Balances = true,
            Write = ApacheWriter.Write,
            Files = ApacheConfiguration.Files,
            Recognises = static (path, text) => JkConfiguration.Recognises(text) || ApacheConfiguration.Recognises(path, text),
            Read = static (path, text) => JkConfiguration.Recognises(text) ? JkConfiguration.Load(path, text) : ApacheConfiguration.Load(path, text),
        },
        new("lighttpd")
        {
            IsWebServer = true,
            Spoken = Protocols.Known,
            WithoutAjpUploads = "lighttpd's mod_ajp13 cannot upload",
            WithoutSecret = "lighttpd cannot send AJP13's secret, without which a port is open to everyone: use --socket instead of --port, "
                + "or --protocol fastcgi",
            LeavesScriptToUrl = true,
            Write = LighttpdWriter.Write,
            Files = LighttpdConfiguration.Files,
            Recognises = LighttpdConfiguration.Recognises,
            Read = LighttpdConfiguration.Load,
        },
        new("haproxy")
        {
            IsWebServer = true,
            Write = HAProxyWriter.Write,
            Files = HAProxyConfiguration.Files,
            Recognises = HAProxyConfiguration.Recognises,
            Read = HAProxyConfiguration.Load,
            Title = "HAProxy",
            Spoken = [Protocols.FastCgi],
            UsualUser = "haproxy",
            WithoutAlias = "HAProxy sends no files: leave --alias and --files out, or use another --web",
            WithoutDeny = "HAProxy compares a path as it was sent, so // gets past --deny: leave it out, or use another --web",
            WithoutUserFile = "HAProxy reads no file of htpasswd(1): leave --user-auth out, and write a userlist and http-request auth",
        },
        new("nginx")
        {
            IsWebServer = true,
            Spoken = [Protocols.Scgi, Protocols.FastCgi, Protocols.Uwsgi],
            Write = NginxWriter.Write,
            Files = NginxConfiguration.Files,
            Recognises = NginxConfiguration.Recognises,
            Read = NginxConfiguration.Load,
        },
    ];

    /// <summary>The kind with that name; null if there is none.</summary>
    internal static ServerKind? OfWord(string? word) => All.FirstOrDefault(kind => kind.Word == word);

    /// <summary>The configurations that are where distributions keep them.</summary>
    /// <param name="root">Stands for the root directory.</param>
    internal static IEnumerable<string> UsualFiles(string root = "/") =>
        All.SelectMany(kind => kind.Files).SelectMany(pattern => IncludePattern.Find(Path.Join(root, pattern)));

    /// <summary>
    /// The kind of server whose configuration a file is; null for scripts, sockets and everything else. Names and places differ by system.
    /// </summary>
    internal static ServerKind? Of(string path, string text) =>
        text.StartsWith("#!", StringComparison.Ordinal) || IsCapsule(text) ? null : All.FirstOrDefault(kind => kind.Recognises(path, text));

    /// <summary>Whether it is a recorded request, in which visitors may have written anything.</summary>
    private static bool IsCapsule(string text) => Capsule.IsCapsule(Encoding.UTF8.GetBytes(text[..Math.Min(text.Length, CapsuleStart)]));

    /// <summary>Reads a configuration; null if the file is something else.</summary>
    internal static IConfiguration? Read(string path) =>
        ConfigurationFile.TryRead(path) is { } text && Of(path, text) is { Read: { } read } ? read(path, text) : null;
}

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
