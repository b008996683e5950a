namespace Shims.Testing.Matrix;

/// <summary>uWSGI's HTTP router with webserver-examples/uwsgi-router.ini.</summary>
/// <param name="name">The row's name.</param>
public sealed class UwsgiRouterFront(string name) : Front(name, Gateway.Uwsgi)
{
    private static readonly Product s_uwsgi = new("uWSGI router", "uwsgi-core", "--version");

    public static IEnumerable<Front> All => [new UwsgiRouterFront("uwsgi-router"), new UwsgiRouterFront("uwsgi-router-tcp") { Tcp = true }];

    public override Product Product => s_uwsgi;

    public override string? BackendAddress => Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        Check.BrokenOff or Check.OutOfTime => "takes the end of the connection, even a reset, for the end of the page, unless the script has said how long the page is",
        Check.Chunked => "passes an upload of unknown length on in chunks, and says no length: 411",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        var site = ExampleFile.Read("webserver-examples/uwsgi-router.ini");
        if (Tcp)
            site = site.With($"http-to = {Gateway.Socket}", $"http-to = {Gateway.TcpAddress}");
        return await UwsgiRouter.StartAsync(installation, site, Port);
    }
}
