using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>
/// A machine on which a reader follows README and docs/: their configurations under a real nginx and a real inetd, their commands in a real shell.
/// Folders and ports of real life are those of an <see cref="Installation"/>; the one program that is not real is systemctl, for want of a
/// process 1 that could be asked: what it is told to enable, systemd-socket-activate runs from the very units that lie there.
/// </summary>
internal sealed partial class ReadmeSandbox : IAsyncDisposable
{
    private const int NginxPort = 8080;

    private readonly Installation _installation = new();
    private readonly List<Server> _servers = [];
    private readonly List<(string RealLife, string Here)> _names;
    private readonly string _commands;
    private readonly string _home;

    private ReadmeSandbox()
    {
        TemporaryFolder folder = _installation.Folder;
        _commands = folder.MakeFolder("commands");
        _home = folder.MakeFolder("home");
        // What commands name by a relative path, so that they can run in the checkout without writing into it.
        foreach (string name in new[] { "bin", "inetd-examples" })
            Directory.CreateSymbolicLink(Path.Combine(_home, name), Repository.PathTo(name));
        // Installed, programs are on the PATH; unlike the checkout's bin/, these names have no folder.
        foreach (string program in new[] { "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shimctl" })
            File.CreateSymbolicLink(Path.Combine(_commands, program), Repository.Program(program));
        _names =
        [
            ("/etc/systemd/system", folder.MakeFolder("etc/systemd/system")),
            ("/etc/tmpfiles.d", folder.MakeFolder("etc/tmpfiles.d")),
            ("/var/lib/shims", folder.PathTo("var-lib-shims")),
            ("/run/inetd.pid", folder.PathTo("inetd.pid")),
            ("/usr/local/share/shims", Repository.Root),
        ];
    }

    /// <summary>What /run/shims stands for.</summary>
    internal string Sockets => _installation.Sockets;

    /// <summary>A machine on which nothing is configured yet.</summary>
    internal static ReadmeSandbox Create()
    {
        var machine = new ReadmeSandbox();
        // What is enabled is started when the commands have run: see RunAsync.
        machine._installation.Folder.WriteScript("commands/systemctl", $"#!/bin/sh\necho \"$*\" >>{machine.SystemctlLog}\n");
        return machine;
    }

    private string SystemctlLog => _installation.Folder.PathTo("systemctl.log");

    /// <summary>Puts lines into inetd.conf and locations into a server block of nginx, and starts both as far as there is something for them.</summary>
    internal async Task ConfigureAsync(IReadOnlyList<string> inetdLines, IReadOnlyList<string> locations)
    {
        if (inetdLines.Count > 0)
        {
            string[] lines = [.. inetdLines.Select(Translate)];
            string configuration = _installation.Folder.Write("inetd.conf", string.Join('\n', lines) + "\n");
            Server inetd = await ForegroundServer.StartAsync("inetd", ["-i", configuration], InetdService.Parse(lines).Select(service => service.Name));
            _servers.Add(inetd);
            _installation.Folder.Write("inetd.pid", inetd.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        if (locations.Count > 0)
            await StartNginxAsync(locations);
    }

    /// <summary>Runs lines of shell as somebody would type them, in what looks like the checkout.</summary>
    /// <returns>What they wrote to standard output, with the places of real life.</returns>
    internal async Task<string> RunAsync(string commands)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = "/bin/sh",
            Arguments = ["-euc", Translate(commands)],
            Folder = _home,
        }.WithEnvironment($"PATH={_commands}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", $"HOME={_home}", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0"));
        Assert.True(result.ExitCode == 0, $"exit {result.ExitCode} from:\n{commands}\n{result.ErrorText}{result.OutputText}{string.Concat(_servers.Select(server => server.Log))}");
        await StartEnabledUnitsAsync();
        return result.OutputText;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Server server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
        _installation.Dispose();
    }

    private async Task StartNginxAsync(IReadOnlyList<string> locations)
    {
        TemporaryFolder folder = _installation.Folder;
        foreach (string parameters in new[] { "scgi_params", "fastcgi_params", "uwsgi_params" })
            folder.Write($"nginx/{parameters}", await File.ReadAllTextAsync($"/etc/nginx/{parameters}"));
        string configuration = folder.Write("nginx/nginx.conf", $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? $"user {Environment.UserName};" : "")}}
            worker_processes 1;
            pid {{folder.Path}}/nginx/nginx.pid;
            error_log {{folder.Path}}/nginx/error.log notice;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder.Path}}/nginx/body;
                proxy_temp_path {{folder.Path}}/nginx/proxy;
                fastcgi_temp_path {{folder.Path}}/nginx/fastcgi;
                scgi_temp_path {{folder.Path}}/nginx/scgi;
                uwsgi_temp_path {{folder.Path}}/nginx/uwsgi;
            {{Translate(string.Concat(locations.Where(IsServer)))}}
            {{(locations.All(IsServer) ? "" : $"server {{ listen 127.0.0.1:{_installation.PortOf(NginxPort)};")}}
            {{Translate(string.Concat(locations.Where(location => !IsServer(location))))}}
            {{(locations.All(IsServer) ? "" : "}")}}
            }

            """);
        string[] arguments = ["-c", configuration, "-e", folder.PathTo("nginx/error.log")];
        _servers.Add(await ForegroundServer.StartAsync("nginx", arguments, [_installation.AddressOf($"127.0.0.1:{NginxPort}")]));
        // "nginx -s reload" finds the running one by its configuration, which lies elsewhere in real life.
        folder.WriteScript("commands/nginx", $"#!/bin/sh\nexec {Tool.PathOf("nginx")} {string.Join(' ', arguments)} \"$@\"\n");
    }

    /// <summary>True for a whole server, false for locations of one.</summary>
    private static bool IsServer(string text) => text.StartsWith("server {", StringComparison.Ordinal);

    private async Task StartEnabledUnitsAsync()
    {
        if (!File.Exists(SystemctlLog))
            return;
        string[] calls = await File.ReadAllLinesAsync(SystemctlLog);
        File.Delete(SystemctlLog);
        Assert.Equal("daemon-reload", calls[0]);
        foreach (string call in calls.Skip(1))
        {
            string socket = Assert.Single(call.Split(' ').Skip(2));
            Assert.Equal($"enable --now {socket}", call);
            ExampleFile Unit(string name) => ExampleFile.Read(Path.Combine(Translate("/etc/systemd/system"), name));
            bool accepts = Unit(socket).Text.Contains("Accept=yes", StringComparison.Ordinal);
            string service = Path.GetFileNameWithoutExtension(socket) + (accepts ? "@.service" : ".service");
            _servers.Add(await SocketActivate.StartAsync(_installation, Unit(socket), Unit(service)));
        }
    }

    /// <exception cref="InvalidDataException">It names a place of the real machine, where a test has no business.</exception>
    private string Translate(string text)
    {
        string translated = _installation.AddressOf(_names.Aggregate(text, (rest, name) => rest.Replace(name.RealLife, name.Here, StringComparison.Ordinal)));
        return ForeignPlace().Match(translated) is { Success: true } foreign
            ? throw new InvalidDataException($"{foreign.Value} is not replaced in: {text}")
            : translated;
    }

    [GeneratedRegex(@"(?<![\w/])/(etc|run|var|home|srv|usr/local/(libexec|share))/\S*")]
    private static partial Regex ForeignPlace();
}
