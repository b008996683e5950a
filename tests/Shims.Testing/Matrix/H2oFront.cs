namespace Shims.Testing.Matrix;

/// <summary>h2o with webserver-examples/h2o.conf or h2o-spawn.conf.</summary>
/// <param name="name">The row's name.</param>
/// <param name="change">What is different from the example.</param>
public sealed class H2oFront(string name, Func<ExampleFile, ExampleFile>? change = null) : Front(name, Gateway.FastCgi)
{
    private static readonly Product s_h2o = new("h2o", "h2o", "-v");

    public static IEnumerable<Front> All =>
    [
        new H2oFront("h2o"),
        new H2oFront("h2o-tcp") { Tcp = true },
        // As people write it who know it from PHP: h2o looks for the file, and divides the path at it.
        new H2oFront("h2o-handler", static site => site
            .With("        fastcgi.connect:\n          port:", "        file.dir: /srv/cgi-bin\n        file.custom-handler:\n          extension: [.cgi]\n          fastcgi.connect:\n            port:")
            .With("          type: unix", "            type: unix")
            .With("        fastcgi.document_root: /srv\n", "")
            .With("        fastcgi.timeout.io", "          fastcgi.timeout.io")),
        new H2oFront("h2o-spawn") { StartsProgram = true },
    ];

    public override Product Product => s_h2o;

    public override string? BackendAddress => StartsProgram ? null : Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    private bool StartsProgram { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        Check.BrokenOff or Check.OutOfTime => "takes the end of the connection, even a reset, for the end of the page, unless the script has said how long the page is",
        Check.LeftWhileSilent => "notices that a browser has left only when the script writes",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = ExampleFile.Read($"webserver-examples/{(StartsProgram ? "h2o-spawn" : "h2o")}.conf");
        if (StartsProgram)
            site = site.With($"{Gateway.Name} /srv", string.Join(' ', [Gateway.Name, .. options, "/srv"]));
        if (Tcp)
            site = site.With(Gateway.Socket, $"{installation.PortOf(Gateway.FirstPort)}").With("type: unix", "type: tcp");
        return await H2o.StartAsync(installation, change is null ? site : change(site), Port);
    }
}
