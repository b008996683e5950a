using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class UwsgiKeptMemoryAgainstUwsgi : IBenchmark
{
    public string Name => "uwsgi-memory-kept";

    public string Measure => KeptMemorySide.Measure;

    public string Baseline => "uWSGI's cgi plugin, 4 workers";

    public string LeavesOut => "clean pages of the program's file, which the kernel can take back at any time, and what the kernel needs for sockets and processes, of which uWSGI has four more";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "uwsgi-run (wait), after 16,000 requests", Quantity.Memory, Target.None)];

    public string? Finding => "the four workers share almost all that they have, and serve four requests at a time; the row uwsgi-memory has what 200 at once take";

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(async site =>
    {
        string script = StaticHello.Compile(workshop), request = Wire.Uwsgi.Request(workshop, script, SampleRequest.Query);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program("uwsgi-run"), script);
        ResidentGateway baseline = await site.StartUwsgiAsync(Site.BaselineAddress, workshop.Stage(Tool.PathOf("uwsgi-core")), script);
        return (new KeptMemorySide(new Clients(workshop, subject, request)), new KeptMemorySide(new Clients(workshop, baseline, request)));
    });
}
