namespace Shims.Testing;

/// <summary>HAProxy with one of the examples as its only site. Needs no root.</summary>
public sealed class HAProxy : Server
{
    private HAProxy(params IReadOnlyList<string> configurations) : base(Tool.PathOf("haproxy"), ["-db", .. configurations.SelectMany(path => new[] { "-f", path })])
    {
    }

    /// <summary>Starts HAProxy with sections of the kind that lie in /etc/haproxy/haproxy.cfg, and waits until it listens.</summary>
    public static async Task<HAProxy> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080)
    {
        // What comes before them there; without the chroot, which needs root.
        string global = installation.Folder.Write($"haproxy-{realLifePort}.cfg", """
            global
                log stderr format raw local0
            defaults
                log global

            """);
        var haproxy = new HAProxy(global, installation.Install(site));
        return await StartedAsync(haproxy, $"127.0.0.1:{installation.PortOf(realLifePort)}");
    }
}
