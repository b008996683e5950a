using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>What <c>shimctl config</c> has written for an installation, and servers that run it.</summary>
internal sealed class WrittenConfiguration
{
    private const int SitePort = 8080;
    private const int GatewayPort = 9000;

    private readonly Installation _installation;
    private readonly string _web;
    private readonly string _super;
    private readonly string _protocol;
    private readonly IReadOnlyList<string> _texts;

    private WrittenConfiguration(Installation installation, string web, string super, string protocol, string address, IReadOnlyList<string> texts) =>
        (_installation, _web, _super, _protocol, Address, _texts) = (installation, web, super, protocol, address, texts);

    /// <summary>Where both halves meet: a path, or ADDRESS:PORT.</summary>
    internal string Address { get; }

    /// <summary>Lets shimctl write.</summary>
    /// <param name="installation">Where sockets and folders lie.</param>
    /// <param name="web">--web.</param>
    /// <param name="super">--super.</param>
    /// <param name="protocol">--protocol.</param>
    /// <param name="target">--url and what answers; perhaps --wait, or --port 9000 in the place of a unix socket.</param>
    internal static async Task<WrittenConfiguration> WriteAsync(Installation installation, string web, string super, string protocol, params IReadOnlyList<string> target)
    {
        string? socket = super is "xinetd" or "tcpserver" || target.Contains("--port") ? null : Path.Combine(installation.Sockets, "s.sock");
        string text = await Command.RunAsync(Repository.PathTo("bin/shimctl"),
        [
            "config", "--json", "--web", web, "--super", super, "--protocol", protocol, "--user", Environment.UserName, "--web-user", Environment.UserName,
            .. socket is not null ? new[] { "--socket", socket } : target.Contains("--port") ? [] : ["--port", $"{GatewayPort}"], .. target,
        ]);
        using JsonDocument pieces = JsonDocument.Parse(text);
        string address = socket ?? $"127.0.0.1:{installation.PortOf(GatewayPort)}";
        // The secret of AJP13 lies where only root may write.
        string[] texts = [.. pieces.RootElement.EnumerateArray().Select(piece => piece.GetProperty("text").GetString()!)];
        if (protocol == "ajp13")
            texts = [.. texts.Select(piece => piece.Replace("/etc/shims", installation.Folder.PathTo("secrets"), StringComparison.Ordinal).Replace("/etc/apache2/", installation.Folder.Path + "/", StringComparison.Ordinal))];
        texts = [.. texts.Select(piece => piece.Replace("/var/lib/", installation.Folder.PathTo("state") + "/", StringComparison.Ordinal))];
        if (pieces.RootElement[0].GetProperty("place").GetString()!.StartsWith("shell:", StringComparison.Ordinal))
        {
            string commands = Enumerable.Range(GatewayPort, 3).Aggregate(texts[0], (text, port) => text.Replace($":{port}", $":{installation.PortOf(port)}", StringComparison.Ordinal));
            await Command.RunAsync("sh", ["-ec", commands]);
            texts = texts[1..];
        }
        return new WrittenConfiguration(installation, web, super, protocol, address, texts);
    }

    /// <summary>What is to be pasted, the super-server's first and the web server's last.</summary>
    internal IReadOnlyList<string> Texts => _texts;

    /// <summary>The same with something changed.</summary>
    internal WrittenConfiguration With(string old, string changed) => new(_installation, _web, _super, _protocol, Address, [.. _texts.Select(text => text.Replace(old, changed, StringComparison.Ordinal))]);

    /// <summary>Starts the super-server.</summary>
    internal async Task<Server> StartSuperServerAsync()
    {
        ExampleFile first = ExampleFile.Of(_super, _texts[0], isScript: true);
        string user = Environment.UserName, port = $"{_installation.PortOf(GatewayPort)}";
        Server server = _super switch
        {
            "inetd" => await Inetd.StartAsync(_installation, ExampleFile.Of(_super, string.Join('\n', _texts.Where(text => text.Contains(" stream ", StringComparison.Ordinal))))),
            "xinetd" => await Xinetd.StartAsync(_installation, first.With($"= {GatewayPort}\n", $"= {port}\n"), Address),
            "systemd" => await SocketActivate.StartAsync(_installation, first, ExampleFile.Of("service", _texts[1])),
            // Without root these cannot change to another user, and refuse even to stay the same one; spawn-fcgi refuses to be root for it.
            "tcpserver" => await RunScript.StartAsync(_installation, first.With($" {GatewayPort} ", $" {port} ").With($"-u \"$(id -u {user})\" -g \"$(id -g {user})\" ", ""), Address),
            "unixserver" => await RunScript.StartAsync(_installation, first.With($"-u \"$(id -u {user})\" -g \"$(id -g {user})\" ", ""), Address),
            _ => await RunScript.StartAsync(_installation, first.With($"-u {user} -U {user} ", ""), Address),
        };
        // Here everything is the current user's, save that Apache does not work as root.
        if (Environment.IsPrivilegedProcess && Address.StartsWith('/'))
            await Command.RunAsync("sh", ["-ec", $"chown www-data {_installation.Sockets}/*"]);
        return server;
    }

    /// <summary>Starts the web server: what was written, in the least that it needs around it.</summary>
    internal async Task<(Server Server, Browser Browser)> StartWebServerAsync()
    {
        string text = _web == "haproxy" ? "" : _texts[^1], before = string.Concat(_texts.Where(piece => piece.Contains("\nupstream ", StringComparison.Ordinal)));
        Server server = _web switch
        {
            "nginx" => await Nginx.StartAsync(_installation, Site($"{before}server {{\nlisten 127.0.0.1:{SitePort};\nserver_name localhost;\nroot {_installation.Folder.MakeFolder("html")};\n{text}}}\n")),
            "apache" => await Apache.StartAsync(_installation, Site($"Listen 127.0.0.1:{SitePort}\n<VirtualHost 127.0.0.1:{SitePort}>\nServerName localhost\n{text}</VirtualHost>\n"),
                ["proxy", _protocol switch { "fastcgi" => "proxy_fcgi", "ajp13" => "proxy_ajp", _ => "proxy_" + _protocol },
                    .. text.Contains("balancer://", StringComparison.Ordinal) ? (string[])["slotmem_shm", "lbmethod_byrequests", "proxy_balancer"] : [],
                    "authn_core", "authn_file", "auth_basic", "authz_user"]),
            "lighttpd" => await Lighttpd.StartAsync(_installation, Site($"$SERVER[\"socket\"] == \"127.0.0.1:{SitePort}\" {{ }}\n{text.Replace($"=> {GatewayPort}", $"=> {_installation.PortOf(GatewayPort)}", StringComparison.Ordinal)}")),
            "caddy" => await Caddy.StartAsync(_installation, Site($":{SitePort} {{\nbind 127.0.0.1\n{text}}}\n")),
            _ => await HAProxy.StartAsync(_installation, Site($"frontend site\n    bind 127.0.0.1:{SitePort}\n    mode http\n    timeout client 60s\n{_texts[^2]}\n{_texts[^1]}")),
        };
        return (server, new Browser(_installation.PortOf(SitePort)));
    }

    private ExampleFile Site(string text) => ExampleFile.Of(_web, text);
}
