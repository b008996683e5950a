using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class InetdAgainstC : IBenchmark
{
    public string Name => "inetd";

    public string Measure => "nginx -> openbsd-inetd -> shim -> shell hello, 8 clients";

    public string Subject => "scgi-run SCRIPT";

    public string Baseline => "minimal C shim, as cc links it";

    public string LeavesOut => "bodies, long answers and the network; nginx, inetd, wrk and the scripts share the processors with the shim; the C shim neither filters nor checks, and leaves stderr on the connection";

    public Quantity Quantity => Quantity.RequestRate;

    public Target Target => Target.None;

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HelloSite.OpenAsync("scgi", "scgi", site =>
        site.StartInetdAsync(workshop.Program("scgi-run"), workshop.Compile("minimal-shim.c")));
}
