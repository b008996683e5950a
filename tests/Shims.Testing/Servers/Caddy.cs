namespace Shims.Testing;

/// <summary>Caddy with one of the examples as its only site. Needs no root.</summary>
public sealed class Caddy : Server
{
    // Caddy keeps its state under these folders.
    private Caddy(string configuration, string folder) : base(Tool.PathOf("env"),
        $"XDG_CONFIG_HOME={folder}", $"XDG_DATA_HOME={folder}", Tool.PathOf("caddy"), "run", "--config", configuration, "--adapter", "caddyfile")
    {
    }

    /// <summary>Starts Caddy with a site of the kind that lies in /etc/caddy/Caddyfile, and waits until it listens.</summary>
    public static async Task<Caddy> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080)
    {
        string folder = installation.Folder.MakeFolder($"caddy-{realLifePort}");
        int port = installation.PortOf(realLifePort);
        string configuration = Path.Combine(folder, "Caddyfile");
        // Without the port for its administrators, which every Caddy of the machine would want.
        await File.WriteAllTextAsync(configuration, $$"""
            {
            	admin off
            	auto_https off
            }
            import {{installation.Install(site.With($":{realLifePort} {{", $":{port} {{"))}}

            """);

        var caddy = new Caddy(configuration, folder);
        return await StartedAsync(caddy, $"127.0.0.1:{port}");
    }
}
