using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiWaitAgainstFcgiwrap : IBenchmark
{
    public string Name => "fcgi-wait";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients";

    public string Baseline => "fcgiwrap -c 4";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike, and most of it is the shell's own start and end";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "fcgi-run (wait), one process", Quantity.RequestRate, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("fastcgi", "fastcgi", site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("fcgi-run"), HelloSite.Script);
        site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.CompletedTask;
    });
}
