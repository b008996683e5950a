using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class MemoryAgainstFcgiwrap(Wire wire) : IBenchmark
{
    public string Name => $"{wire.Name}-memory";

    public string Measure => InFlightSide.Measure;

    public string Baseline => "fcgiwrap -c 200";

    public string LeavesOut => "the scripts' own memory, clean pages of the program's file, which the kernel can take back at any time, the web server's, and what the kernel needs for sockets, pipes and processes, of which fcgiwrap has 200 more";

    public IReadOnlyList<Gauge> Gauges => [new(Name, $"{wire.Program} (wait), 200 requests at once", Quantity.MemoryPerRequest, Target.AtMost(0.3))];

    public string? Finding => "2.4 MB are there before the first request, and 0.9 MB more of the program's own file while requests come: 2.2 MB of that file in all, which a second gateway would share, 0.7 MB of type tables that each process unpacks for itself, and 0.4 MB of the runtime's. A request adds 4 kB to scgi-run and 5 kB to fcgi-run, and leaves 1 and 2 kB of garbage that waits for the collector until there is half a megabyte of it; the 200 children of fcgiwrap share almost all that they have";

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(site =>
    {
        string script = workshop.Compile("held.c", "-static"), gate = workshop.Pipe("gate");
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program(wire.Program), script);
        ResidentGateway baseline = site.StartGateway(
            Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", InFlightSide.Requests.ToString(CultureInfo.InvariantCulture));
        return Task.FromResult<(ISide, ISide)>((
            new InFlightSide(subject, script, wire.Request(workshop, script, gate), gate),
            new InFlightSide(baseline, script, Wire.FastCgi.Request(workshop, script, gate), gate)));
    });
}
