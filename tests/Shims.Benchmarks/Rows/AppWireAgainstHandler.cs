using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class AppWireAgainstHandler : IBenchmark
{
    public string Name => "app-wire";

    public string Measure => "one SCGI request by HttpContext, its features and the wire alone, without a host: whole process from fork to the end";

    public string Baseline => "a .NET handler by Shim.Run, compiled the same way but at random addresses";

    public string LeavesOut => "the super-server and the web server; host, configuration, routes and logging of an app";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "the server of Shims.AspNetCore without a host, native", Quantity.Duration, Target.AtMost(1.1))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.App(workshop), HelloApp.Page, workshop.Publish("no-host")),
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, "/app"), HandlerHello.Page, HandlerHello.Program(workshop))));
}
