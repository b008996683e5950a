using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgiNowaitAgainstC : IBenchmark
{
    public string Name => "fcgi-nowait";

    public string Measure => "one FastCGI request answered by a static C program beside fcgi-run (nowait), whole process";

    public string Baseline => "minimal C shim on SCGI";

    public string LeavesOut => "the super-server and the web server; the C shim speaks the simpler protocol and becomes the script, while fcgi-run must stay and relay";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "fcgi-run SCRIPT", Quantity.Duration, Target.None)];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = StaticHello.Compile(workshop);
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, SampleRequest.FastCgi(workshop, script), StaticHello.Text, workshop.Program("fcgi-run"), script),
            new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, script), StaticHello.Text, workshop.Compile("minimal-shim.c"), script)));
    }
}
