using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class ScgiExecAgainstStaticC : IBenchmark
{
    public string Name => "scgi-exec-static";

    public string Measure => "as scgi-exec, against a C shim that needs no dynamic linking";

    public string Baseline => "minimal C shim, cc -static";

    public string LeavesOut => "the super-server and the web server; the C shim neither filters nor checks nor moves descriptors";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT", Quantity.Duration, Target.AtMost(1.15))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = StaticHello.Compile(workshop);
        string request = SampleRequest.Scgi(workshop, script);
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, request, StaticHello.Text, workshop.Program("scgi-run"), script),
            new ProcessSide(workshop, Descriptors.Connected, request, StaticHello.Text, workshop.Compile("minimal-shim.c", "-static"), script)));
    }
}
