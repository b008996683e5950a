using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class ScgiWaitAgainstFcgiwrap : IBenchmark
{
    public string Name => "scgi-wait";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients";

    public string Baseline => "fcgiwrap -c 4, on FastCGI";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike; most of it is the shell's own start and end, which no gateway can shorten: scgi-wait-c shows what one without any work of its own would reach";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run (wait), one process", Quantity.RequestRate, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("scgi", "fastcgi", site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("scgi-run"), HelloSite.Script);
        site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.CompletedTask;
    });
}
