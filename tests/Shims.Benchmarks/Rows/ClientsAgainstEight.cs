using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class ClientsAgainstEight(Wire wire) : IBenchmark
{
    private static readonly int[] s_clients = [1, 64, 256];

    public string Name => $"{wire.Name}-clients";

    public string Measure => "the resident gateway's own socket -> a static program without a C library that writes a page, by more clients at once and by one; a single failed request fails the row";

    public string Baseline => "itself, 8 clients";

    public string LeavesOut => "the web server, bodies and long answers; clients and scripts share the processors with the gateway";

    // One client and its gateway wait for each other, on any machine and with any gateway: nothing to be reached.
    public IReadOnlyList<Gauge> Gauges =>
        [.. s_clients.Select(clients => new Gauge($"{Name}-{clients}", $"{wire.Program} (wait), {clients} {(clients == 1 ? "client" : "clients")}", Quantity.RequestRate, clients == 1 ? Target.None : Target.AtLeast(0.9)))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(site =>
    {
        string script = StaticHello.Compile(workshop);
        ResidentGateway gateway = site.StartGateway(Site.SubjectAddress, workshop.Program(wire.Program), script);
        var clients = new Clients(workshop, gateway, wire.Request(workshop, script, SampleRequest.Query));
        return Task.FromResult<(ISide, ISide)>((new ClientsSide(clients, s_clients), new ClientsSide(clients, 8, 8, 8)));
    });
}
