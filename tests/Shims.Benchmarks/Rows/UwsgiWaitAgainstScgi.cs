using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class UwsgiWaitAgainstScgi : IBenchmark
{
    public string Name => "uwsgi-wait";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients: what the other protocol costs, over which all of the answer goes through the gateway";

    public string Baseline => "scgi-run (wait), one process";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "uwsgi-run (wait), one process", Quantity.RequestRate, Target.AtLeast(0.95))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("uwsgi", "scgi", site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("uwsgi-run"), HelloSite.Script);
        site.StartGateway(Site.BaselineAddress, workshop.Program("scgi-run"), HelloSite.Script);
        return Task.CompletedTask;
    });
}
