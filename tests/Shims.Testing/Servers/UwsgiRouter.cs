namespace Shims.Testing;

/// <summary>uWSGI's HTTP router with the example. Needs no root.</summary>
public sealed class UwsgiRouter : Server
{
    private UwsgiRouter(string configuration) : base(Tool.PathOf("uwsgi-core"), "--ini", configuration)
    {
    }

    /// <summary>Starts the router, and waits until it listens.</summary>
    public static async Task<UwsgiRouter> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080) =>
        await StartedAsync(new UwsgiRouter(installation.Install(site)), $"127.0.0.1:{installation.PortOf(realLifePort)}");
}
