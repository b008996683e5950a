using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class AppNowaitAgainstEmptyProgram : IBenchmark
{
    public string Name => "app-nowait";

    public string Measure => "an app of ASP.NET Core answers one SCGI request, whole process from fork to the end";

    public string Baseline => "empty native-AOT C# program";

    public string LeavesOut => "the super-server and the web server; the empty program reads no request and writes no answer; the app logs to the console as its template has it";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/minimal-api, native", Quantity.Duration, Target.AtMost(5.5))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.App(workshop), HelloApp.Page, HelloApp.Program(workshop)),
        // The empty program gets no request: ending with one unread would reset the connection.
        new ProcessSide(workshop, Descriptors.Connected, workshop.Store("no-request", []), "", workshop.Publish("empty-app"))));
}
