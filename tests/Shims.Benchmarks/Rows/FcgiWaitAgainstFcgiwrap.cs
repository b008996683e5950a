using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiWaitAgainstFcgiwrap : IBenchmark
{
    public string Name => "fcgi-wait";

    public string Measure => "nginx -> resident gateway -> shell hello, 8 clients";

    public string Subject => "fcgi-run (wait), one process";

    public string Baseline => "fcgiwrap -c 4";

    public string LeavesOut => "bodies, long answers and the network; nginx, wrk and the scripts share the processors with the gateway, on both sides alike";

    public Quantity Quantity => Quantity.RequestRate;

    public Target Target => Target.AtLeast(1.3);

    public string? Finding => "as for scgi-wait; beyond that, the script's output goes through a pipe and is looked at, as in fcgiwrap";

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("fastcgi", "fastcgi", site =>
    {
        site.StartSubject(workshop.Program("fcgi-run"), HelloSite.Script);
        site.StartBaseline(workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.CompletedTask;
    });
}
