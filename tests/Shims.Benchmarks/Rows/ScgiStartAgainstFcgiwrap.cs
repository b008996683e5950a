using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class ScgiStartAgainstFcgiwrap : IBenchmark
{
    public string Name => "scgi-start";

    public string Measure => "started on a listening socket with a request waiting (wait), until the end of the first reply";

    public string Baseline => "fcgiwrap, on FastCGI";

    public string LeavesOut => "the super-server and the web server, and the end of the process; each side is asked in its own protocol";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT", Quantity.Duration, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = StaticHello.Compile(workshop);
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Listening, SampleRequest.Scgi(workshop, script), StaticHello.Text, workshop.Program("scgi-run"), script),
            new ProcessSide(workshop, Descriptors.Listening, SampleRequest.FastCgi(workshop, script), StaticHello.Text, workshop.Stage(Tool.PathOf("fcgiwrap")))));
    }
}
