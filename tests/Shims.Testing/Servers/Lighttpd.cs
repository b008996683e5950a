namespace Shims.Testing;

/// <summary>lighttpd with one of the examples as its only site. Needs no root.</summary>
public sealed class Lighttpd : Server
{
    private Lighttpd(string configuration) : base(Tool.PathOf("lighttpd"), "-D", "-f", configuration)
    {
    }

    /// <summary>Starts lighttpd with a file of the kind that lies in /etc/lighttpd/conf-enabled, and waits until it listens.</summary>
    public static async Task<Lighttpd> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080)
    {
        string folder = installation.Folder.MakeFolder($"lighttpd-{realLifePort}");
        string configuration = Path.Combine(folder, "lighttpd.conf");
        // Every lighttpd has a site of its own beside those of the included files.
        await File.WriteAllTextAsync(configuration, $"""
            server.bind = "127.0.0.1"
            server.port = {FreePort.Next()}
            server.document-root = "{installation.Folder.MakeFolder("html")}"
            server.pid-file = "{folder}/lighttpd.pid"
            server.upload-dirs = ( "{folder}" )
            include "{installation.Install(site)}"

            """);

        var lighttpd = new Lighttpd(configuration);
        return await StartedAsync(lighttpd, $"127.0.0.1:{installation.PortOf(realLifePort)}");
    }

    /// <summary>Starts lighttpd once more with a file that is installed already.</summary>
    public static Task<Lighttpd> RestartAsync(string configuration, string address) => StartedAsync(new Lighttpd(configuration), address);
}
