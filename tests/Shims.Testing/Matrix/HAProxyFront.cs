namespace Shims.Testing.Matrix;

/// <summary>HAProxy with webserver-examples/haproxy.cfg.</summary>
/// <param name="name">The row's name.</param>
/// <param name="change">What is different from the example.</param>
public sealed class HAProxyFront(string name, Func<ExampleFile, ExampleFile>? change = null) : Front(name, Gateway.FastCgi)
{
    private static readonly Product s_haproxy = new("HAProxy", "haproxy", "-v");

    public static IEnumerable<Front> All =>
    [
        new HAProxyFront("haproxy", static site => Without(site, "option mpxs-conns", "option get-values")),
        new HAProxyFront("haproxy-close", static site => Without(site.With("option keep-conn", "no option keep-conn"), "option mpxs-conns", "option get-values")),
        new HAProxyFront("haproxy-mpx", static site => Without(site, "option get-values")),
        new HAProxyFront("haproxy-getvalues"),
        new HAProxyFront("haproxy-tcp") { Tcp = true },
    ];

    public override Product Product => s_haproxy;

    public override string? BackendAddress => Tcp ? Gateway.WaitTcpAddress : Gateway.WaitSocket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        Check.Chunked => "refuses (400) an upload of unknown length that does not fit into its buffer of 16 KiB",
        Check.LeftWhileSilent => "notices that a browser has left only when the script writes, even with option abortonclose",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = ExampleFile.Read("webserver-examples/haproxy.cfg");
        if (Tcp)
            site = site.With($"unix@{Gateway.WaitSocket}", Gateway.WaitTcpAddress);
        return await HAProxy.StartAsync(installation, change is null ? site : change(site), Port);
    }

    private static ExampleFile Without(ExampleFile site, params IEnumerable<string> lines) =>
        lines.Aggregate(site, (changed, line) => changed.With($"    {line}\n", ""));
}
