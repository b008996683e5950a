using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiNowaitAgainstEmptyProgram : IBenchmark
{
    public string Name => "fcgi-nowait-empty";

    public string Measure => "as fcgi-nowait, against a native C# program that does nothing: how much of the time is the runtime's own start";

    public string Baseline => "empty native-AOT C# program";

    public string LeavesOut => "the super-server and the web server; the empty program reads no request and runs no script";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "fcgi-run SCRIPT", Quantity.Duration, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = StaticHello.Compile(workshop);
        // The empty program gets no request: ending with one unread would reset the connection.
        string nothing = workshop.Store("no-request", []);
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, SampleRequest.FastCgi(workshop, script), StaticHello.Text, workshop.Program("fcgi-run"), script),
            new ProcessSide(workshop, Descriptors.Connected, nothing, "", workshop.Publish("empty"))));
    }
}
