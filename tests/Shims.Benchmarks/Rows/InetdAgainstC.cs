using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class InetdAgainstC : IBenchmark
{
    public string Name => "inetd";

    public string Measure => "nginx -> openbsd-inetd -> shim -> shell hello, 8 clients";

    public string Baseline => "minimal C shim, as cc links it";

    public string LeavesOut => "bodies, long answers and the network; nginx, inetd, wrk and the scripts share the processors with the shim; the C shim neither filters nor checks, and leaves stderr on the connection";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT", Quantity.RequestRate, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("scgi", "scgi", async site =>
        site.Add(await Inetd.StartAsync(site.Installation, Workshop.Configuration("inetd.conf")
            .With("SUBJECT", workshop.Program("scgi-run")).With("BASELINE", workshop.Compile("minimal-shim.c")))));
}
