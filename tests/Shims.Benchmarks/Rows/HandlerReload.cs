using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerReload : IBenchmark
{
    public string Name => "handler-reload";

    public string Measure => "apps/hello.cs is edited, then asked for by SCGI through shim-dotnet, whole process from fork to the end: the first request compiles it";

    public string? Baseline => null;

    public string LeavesOut => "the super-server and the web server; the compiler's server is already running, as it is after the first edit of a day";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, "shim-dotnet hello.cs, first request after an edit", Quantity.Wait, Target.FigureAtMost(1.5e9)),
        new(Name + "-later", "shim-dotnet hello.cs, later ones", Quantity.Wait, Target.FigureAtMost(0.4e9)),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(new ReloadSide(workshop), baseline: null));
}
