using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiStartAgainstFcgiwrap : IBenchmark
{
    public string Name => "fcgi-start";

    public string Measure => "started on a listening socket with a request waiting (wait), until the end of the first reply";

    public string Baseline => "fcgiwrap";

    public string LeavesOut => "the super-server and the web server, and the end of the process";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "fcgi-run SCRIPT", Quantity.Duration, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = StaticHello.Compile(workshop);
        string request = SampleRequest.FastCgi(workshop, script);
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Listening, request, StaticHello.Text, workshop.Program("fcgi-run"), script),
            new ProcessSide(workshop, Descriptors.Listening, request, StaticHello.Text, workshop.Stage(Tool.PathOf("fcgiwrap")))));
    }
}
