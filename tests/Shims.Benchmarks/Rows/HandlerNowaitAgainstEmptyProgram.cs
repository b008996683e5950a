using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerNowaitAgainstEmptyProgram : IBenchmark
{
    public string Name => "handler-nowait";

    public string Measure => "a .NET handler answers one SCGI request, whole process from fork to the end";

    public string Baseline => "empty native-AOT C# program, compiled the same way";

    public string LeavesOut => "the super-server and the web server; the empty program reads no request and writes no answer";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/hello.cs, native", Quantity.Duration, Target.AtMost(1.25).AndFigureAtMost(2.0e6))];

    public string? Finding => "where the empty program alone takes more than 1.6 ms, as the runtime's start does on a slow or busy machine, the ratio can be met and the milliseconds cannot";

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, "/app"), HandlerHello.Page, HandlerHello.Program(workshop)),
        // The empty program gets no request: ending with one unread would reset the connection.
        new ProcessSide(workshop, Descriptors.Connected, workshop.Store("no-request", []), "", workshop.Publish("empty-app"))));
}
