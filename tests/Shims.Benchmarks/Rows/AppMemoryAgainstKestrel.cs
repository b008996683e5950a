using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class AppMemoryAgainstKestrel : IBenchmark
{
    public string Name => "app-memory";

    public string Measure => "memory that a resident app of ASP.NET Core keeps for itself (Private_Dirty) after 100,000 requests of 8 clients through nginx";

    public string Baseline => "the same program on Kestrel, proxy_pass, after as many";

    public string LeavesOut => "clean pages of the program's file, which the kernel can take back at any time; both have the package's settings of the collector";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/minimal-api, native, fastcgi_pass (wait)", Quantity.Memory, Target.AtMost(2))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => AppSite.OpenAsync(workshop, "fastcgi", static (page, server) => new GrownMemorySide(page, server));
}
