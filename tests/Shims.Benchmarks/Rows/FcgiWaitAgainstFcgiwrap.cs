using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiWaitAgainstFcgiwrap : IBenchmark
{
    public string Name => "fcgi-wait";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients";

    public string Baseline => "fcgiwrap -c 4";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "fcgi-run (wait), one process", Quantity.RequestRate, Target.AtLeast(1.35))];

    public string? Finding => "as for scgi-wait; beyond that, the script's output goes through a pipe and is looked at, as in fcgiwrap";

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("fastcgi", "fastcgi", site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("fcgi-run"), HelloSite.Script);
        site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.CompletedTask;
    });
}
