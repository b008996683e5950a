using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class ScgiWaitAgainstC : IBenchmark
{
    public string Name => "scgi-wait-c";

    public string Measure => "as scgi-wait, against a resident C gateway that only starts the script: how much of the time any gateway could save";

    public string Baseline => "minimal C gateway";

    public string LeavesOut => "bodies, long answers and the network; the C gateway neither filters, checks, nor looks after the script, and one slow peer would stop it";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run (wait), one process", Quantity.RequestRate, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("scgi", "scgi", site =>
    {
        site.StartGateway(Site.SubjectAddress, workshop.Program("scgi-run"), HelloSite.Script);
        site.StartGateway(Site.BaselineAddress, workshop.Compile("minimal-gateway.c"), HelloSite.Script);
        return Task.CompletedTask;
    });
}
