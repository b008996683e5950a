namespace Shims.Testing.Matrix;

/// <summary>Caddy with webserver-examples/Caddyfile.</summary>
/// <param name="name">The row's name.</param>
/// <param name="change">What is different from the example.</param>
public sealed class CaddyFront(string name, Func<ExampleFile, ExampleFile>? change = null) : Front(name, Gateway.FastCgi)
{
    private static readonly Product s_caddy = new("Caddy", "caddy", "version");

    public static IEnumerable<Front> All =>
    [
        new CaddyFront("caddy"),
        new CaddyFront("caddy-tcp") { Tcp = true },
        // As people write it who know it from php_fastcgi.
        new CaddyFront("caddy-split", static site => site.With("root /srv\n", "root /srv\n\t\t\tsplit .cgi\n")),
    ];

    public override Product Product => s_caddy;

    public override string? BackendAddress => Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        Check.BrokenOff or Check.OutOfTime => "takes the end of the connection, even a reset, for the end of the page, unless the script has said how long the page is",
        Check.LeftWhileSilent => "notices that a browser has left only when the script writes",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = ExampleFile.Read("webserver-examples/Caddyfile");
        if (Tcp)
            site = site.With($"unix/{Gateway.Socket} ", Gateway.TcpAddress + " ");
        return await Caddy.StartAsync(installation, change is null ? site : change(site), Port);
    }
}
