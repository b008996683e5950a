namespace Shims.EndToEndTests;

/// <summary>A whole site: nginx in front, a super-server behind it, one of the programs between.</summary>
internal sealed class Site : IAsyncDisposable
{
    private Site(Installation installation, Server superServer, Nginx nginx) =>
        (Installation, SuperServer, Nginx) = (installation, superServer, nginx);

    internal Installation Installation { get; }

    internal Server SuperServer { get; }

    internal Nginx Nginx { get; }

    internal Browser Browser => Nginx.Browser;

    /// <summary>The example files for a folder of scripts under openbsd-inetd.</summary>
    /// <param name="gateway">Which of the two programs.</param>
    /// <param name="connection">"unix", "tcp", "unix wait" or "tcp wait": which of the example's lines nginx connects to.</param>
    /// <param name="scripts">Scripts of the test's own instead of the shipped ones: name and text.</param>
    /// <param name="options">Options of the program.</param>
    /// <param name="unbuffered">Let nginx pass on what a script writes at once, instead of a few KiB at a time.</param>
    /// <param name="idleSeconds">When a process in wait mode ends.</param>
    /// <param name="adjust">Any other change of nginx's example.</param>
    internal static Task<Site> StartAsync(Gateway gateway, string connection = "unix", IReadOnlyDictionary<string, string>? scripts = null, string options = "", bool unbuffered = false, int idleSeconds = 60,
        Func<ExampleFile, ExampleFile>? adjust = null)
    {
        Requires.Tools("nginx", "inetd");
        var installation = new Installation();
        string folder = FolderFor(installation, scripts);
        ExampleFile inetd = gateway.InetdExample
            .With($"{gateway.Name} /srv/cgi-bin/", $"{gateway.Name} {options} {folder}/")
            .With($"{gateway.Name} --idle 60 /srv/cgi-bin/", $"{gateway.Name} --idle {idleSeconds} {options} {folder}/");
        ExampleFile nginx = gateway.NginxExample.With("/srv/cgi-bin", folder).With("/srv$", Path.GetDirectoryName(folder) + "$");
        if (unbuffered)
            nginx = nginx.With("client_max_body_size", $"{gateway.NginxWord}_buffering off; client_max_body_size");
        if (adjust is not null)
            nginx = adjust(nginx);
        string address = connection switch
        {
            "unix" => gateway.Socket,
            "tcp" => gateway.TcpAddress,
            "unix wait" => gateway.WaitSocket,
            "tcp wait" => gateway.WaitTcpAddress,
            _ => throw new ArgumentOutOfRangeException(nameof(connection)),
        };
        return StartAsync(installation, async () => await Inetd.StartAsync(installation, inetd), Connect(nginx, gateway, address));
    }

    /// <summary>Any super-server, and the nginx example connected to what it serves.</summary>
    /// <param name="gateway">Which of the two programs.</param>
    /// <param name="address">Where the super-server listens, as its example says.</param>
    /// <param name="installation">Where both get installed; the site owns it from here on.</param>
    /// <param name="startSuperServer">Starts it.</param>
    internal static Task<Site> StartAsync(Gateway gateway, string address, Installation installation, Func<Task<Server>> startSuperServer)
    {
        if (!Tool.Exists("nginx"))
            installation.Dispose(); // nobody else will
        Requires.Tools("nginx");
        return StartAsync(installation, startSuperServer, Connect(gateway.NginxExample, gateway, address));
    }

    /// <summary>Any super-server and any site of nginx.</summary>
    internal static async Task<Site> StartAsync(Installation installation, Func<Task<Server>> startSuperServer, ExampleFile nginxSite)
    {
        Server? superServer = null;
        try
        {
            superServer = await startSuperServer();
            return new Site(installation, superServer, await Nginx.StartAsync(installation, nginxSite));
        }
        catch
        {
            if (superServer is not null)
                await superServer.DisposeAsync();
            installation.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Nginx.DisposeAsync();
        await SuperServer.DisposeAsync();
        Installation.Dispose();
    }

    private static ExampleFile Connect(ExampleFile nginx, Gateway gateway, string address) =>
        nginx.With($"{gateway.NginxWord}_pass unix:{gateway.Socket};", $"{gateway.NginxWord}_pass {(Address.IsUnix(address) ? "unix:" + address : address)};");

    private static string FolderFor(Installation installation, IReadOnlyDictionary<string, string>? scripts)
    {
        if (scripts is null)
            return Repository.PathTo("inetd-examples/cgi-bin");
        foreach ((string name, string text) in scripts)
            installation.Folder.WriteScript($"www/cgi-bin/{name}", text);
        return installation.Folder.PathTo("www/cgi-bin");
    }
}
