namespace Shims.Testing;

/// <summary>h2o with one of the examples as its only site. Needs no root.</summary>
public sealed class H2o : Server
{
    private H2o(string configuration) : base(Tool.PathOf("h2o"), "-c", configuration)
    {
    }

    /// <summary>Starts h2o with a file of the kind that is /etc/h2o/h2o.conf, and waits until it listens.</summary>
    public static async Task<H2o> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080)
    {
        int port = installation.PortOf(realLifePort);
        string example = installation.Install(site.With($"port: {realLifePort}", $"port: {port}"));
        // Where root starts it, h2o would go on as nobody.
        string configuration = installation.Folder.Write($"h2o-{realLifePort}.conf", $"""
            {(Environment.IsPrivilegedProcess ? $"user: {Environment.UserName}" : "")}
            num-threads: 2
            {await File.ReadAllTextAsync(example)}
            """);

        var h2o = new H2o(configuration);
        return await StartedAsync(h2o, $"127.0.0.1:{port}");
    }
}
