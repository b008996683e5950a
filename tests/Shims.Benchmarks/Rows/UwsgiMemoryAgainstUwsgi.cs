using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class UwsgiMemoryAgainstUwsgi : IBenchmark
{
    /// <summary>A request too many for a worker that is still starting would wait for one that never ends: a few more than there are requests.</summary>
    private const int Workers = InFlightSide.Requests + 4;

    public string Name => "uwsgi-memory";

    public string Measure => InFlightSide.Measure;

    public string Baseline => $"uWSGI's cgi plugin, {Workers} workers";

    public string LeavesOut => "the scripts' own memory, clean pages of the program's file, which the kernel can take back at any time, the web server's, and what the kernel needs for sockets, pipes and processes, of which uWSGI has 200 more";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "uwsgi-run (wait), 200 requests at once", Quantity.MemoryPerRequest, Target.AtMost(1))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(async site =>
    {
        string script = workshop.Compile("held.c", "-static"), gate = workshop.Pipe("gate"), request = Wire.Uwsgi.Request(workshop, script, gate);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program("uwsgi-run"), script);
        ResidentGateway baseline = await site.StartUwsgiAsync(Site.BaselineAddress, workshop.Stage(Tool.PathOf("uwsgi-core")), script, Workers);
        return (new InFlightSide(subject, script, request, gate), new InFlightSide(baseline, script, request, gate));
    });
}
