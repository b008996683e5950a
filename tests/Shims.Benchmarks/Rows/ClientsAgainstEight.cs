using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class ClientsAgainstEight(Wire wire) : IBenchmark
{
    private static readonly int[] s_clients = [1, 64, 256];

    public string Name => $"{wire.Name}-clients";

    public string Measure => "nginx -> resident gateway -> shell hello, by more clients at once and by one; a single failed request fails the row";

    public string Baseline => "itself, 8 clients";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway";

    public IReadOnlyList<Gauge> Gauges =>
        [.. s_clients.Select(clients => new Gauge($"{Name}-{clients}", $"{wire.Program} (wait), {clients} {(clients == 1 ? "client" : "clients")}", Quantity.RequestRate, Target.AtLeast(0.9)))];

    public string? Finding => "with one client nginx, the gateway and the script wait for each other, and all processors but one are idle: the minimal C gateway of scgi-wait-c has the same ratio, 0.4 to 0.7 on two processors";

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(async site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program(wire.Program), HelloSite.Script);
        LoadSide page = await HelloSite.OpenPageAsync(site, wire.Nginx);
        return (new ClientsSide(page, s_clients), new ClientsSide(page, 8, 8, 8));
    });
}
