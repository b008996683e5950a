using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class SocketAgainstC : IBenchmark
{
    public string Name => "scgi-socket-c";

    public string Measure => "as scgi-socket, against a resident C gateway that only starts the script: what the machine and the script leave to any gateway";

    public string Baseline => "minimal C gateway";

    public string LeavesOut => "the web server, bodies and long answers; the C gateway neither filters, checks, nor looks after the script, and one slow peer would stop it";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, "scgi-run (wait), one process", Quantity.RequestRate, Target.AtLeast(1.0)),
        new(Name + "-cpu", "scgi-run (wait), its own processor time", Quantity.ProcessorTimePerRequest, Target.AtMost(1.1)),
        new(Name + "-instructions", "scgi-run (wait), its own instructions for a request", Quantity.Instructions, Target.None),
    ];

    public string? Finding => "the C gateway does not wait for the script's end, has no descriptor for each, and lets the kernel take the dead away: about eight system calls fewer for each request";

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(site =>
    {
        string script = StaticHello.Compile(workshop), request = Wire.Scgi.Request(workshop, script, SampleRequest.Query);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program("scgi-run"), script);
        ResidentGateway baseline = site.StartGateway(Site.BaselineAddress, workshop.Compile("minimal-gateway.c"), script);
        return Task.FromResult<(ISide, ISide)>((new SocketSide(new Clients(workshop, subject, request)), new SocketSide(new Clients(workshop, baseline, request))));
    });
}
