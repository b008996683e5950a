using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class UwsgiWaitAgainstUwsgi : IBenchmark
{
    public string Name => "uwsgi-wait-uwsgi";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients";

    public string Baseline => "uWSGI's cgi plugin, 4 workers";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "uwsgi-run (wait), one process", Quantity.RequestRate, Target.AtLeast(1))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("uwsgi", "uwsgi", async site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("uwsgi-run"), HelloSite.Script);
        await site.StartUwsgiAsync(Site.BaselineAddress, workshop.Stage(Tool.PathOf("uwsgi-core")), HelloSite.Script);
    });
}
