using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerWaitAgainstKestrel : IBenchmark
{
    public string Name => "handler-wait";

    public string Measure => "nginx -> resident .NET hello, 8 clients, connections kept";

    public string Subject => "apps/hello.cs, native, FastCGI (wait)";

    public string Baseline => "the same on Kestrel (ASP.NET Core), proxy_pass";

    public string LeavesOut => "bodies, long answers and the network; nginx and wrk share the processors with both sides alike; Kestrel runs on the JIT, warmed up";

    public Quantity Quantity => Quantity.RequestRate;

    public Target Target => Target.AtLeast(0.8);

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => HandlerSite.OpenAsync(HandlerHello.Program(workshop), workshop.Build("kestrel"));
}
