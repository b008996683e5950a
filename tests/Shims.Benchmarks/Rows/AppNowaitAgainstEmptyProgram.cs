using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

/// <summary>An app of ASP.NET Core for one request, against a program that does nothing.</summary>
/// <param name="name">The row's name.</param>
/// <param name="what">What is measured.</param>
/// <param name="most">The target.</param>
/// <param name="program">The app.</param>
internal sealed class AppNowaitAgainstEmptyProgram(string name, string what, double most, Func<Workshop, string> program) : IBenchmark
{
    public static AppNowaitAgainstEmptyProgram Slim { get; } = new("app-nowait", "apps/minimal-api, native", 5.5, HelloApp.Program);

    public static AppNowaitAgainstEmptyProgram Empty { get; } = new("app-nowait-empty", "CreateEmptyBuilder and one page, native", 4.2, static workshop => workshop.Publish("empty-builder"));

    public string Name => name;

    public string Measure => "an app of ASP.NET Core answers one SCGI request, whole process from fork to the end";

    public string Baseline => "empty native-AOT C# program";

    public string LeavesOut => "the super-server and the web server; the empty program reads no request and writes no answer; apps/minimal-api logs to the console as its template has it";

    public IReadOnlyList<Gauge> Gauges => [new(Name, what, Quantity.Duration, Target.AtMost(most))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.App(workshop), HelloApp.Page, program(workshop)),
        // The empty program gets no request: ending with one unread would reset the connection.
        new ProcessSide(workshop, Descriptors.Connected, workshop.Store("no-request", []), "", workshop.Publish("empty-app"))));
}
