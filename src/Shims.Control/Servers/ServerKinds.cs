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
            LimitsPeers = true,
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
            WithoutIPv6 = "tcpserver knows no IPv6 addresses: give the hosts' IPv4 addresses, or use another --super",
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
            DividesAmongHosts = true,
            AsksHosts = true,
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
            DividesAmongHosts = true,
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
