using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class KeptMemoryAgainstFcgiwrap(Wire wire) : IBenchmark
{
    public string Name => $"{wire.Name}-memory-kept";

    public string Measure => KeptMemorySide.Measure;

    public string Baseline => "fcgiwrap -c 4";

    public string LeavesOut => "clean pages of the program's file, which the kernel can take back at any time, and what the kernel needs for sockets and processes, of which fcgiwrap has four more";

    public IReadOnlyList<Gauge> Gauges => [new(Name, $"{wire.Program} (wait), after 16,000 requests", Quantity.Memory, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(site =>
    {
        string script = StaticHello.Compile(workshop);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program(wire.Program), script);
        ResidentGateway baseline = site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.FromResult<(ISide, ISide)>((
            new KeptMemorySide(new Clients(workshop, subject, wire.Request(workshop, script, SampleRequest.Query))),
            new KeptMemorySide(new Clients(workshop, baseline, Wire.FastCgi.Request(workshop, script, SampleRequest.Query)))));
    });
}
