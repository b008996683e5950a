using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerWaitAgainstKestrel : IBenchmark
{
    public string Name => "handler-wait";

    public string Measure => "nginx -> resident .NET hello, 8 clients, connections kept: as fast as they can, then at half of that rate, at which the clock of each request starts when it is due";

    public string Baseline => "the same on Kestrel (ASP.NET Core), proxy_pass";

    public string LeavesOut => "bodies, long answers and the network; nginx and wrk share the processors with both sides alike; Kestrel runs on the JIT, warmed up";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, "apps/hello.cs, native, FastCGI (wait)", Quantity.RequestRate, Target.None),
        new(Name + "-cpu", "the same, its own processor time", Quantity.ProcessorTimePerRequest, Target.AtMost(1.25)),
        new(Name + "-p99", "the same, at half of that rate: 99 of 100 requests take at most", Quantity.Duration, Target.AtMost(1.5)),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HandlerSite.OpenAsync(workshop, HandlerHello.Program(workshop), workshop.Build("kestrel"));
}
