using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerNowaitAgainstPython : IBenchmark
{
    public string Name => "handler-nowait-python";

    public string Measure => "as handler-nowait, against Python 3 doing the same";

    public string Baseline => "a WSGI application over SCGI in Python 3";

    public string LeavesOut => "the super-server and the web server; Python imports nothing that it does not need";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/hello.cs, native", Quantity.Duration, Target.AtMost(0.15))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string request = SampleRequest.Scgi(workshop, "/app");
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, request, HandlerHello.Page, HandlerHello.Program(workshop)),
            new ProcessSide(workshop, Descriptors.Connected, request, HandlerHello.Page, File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tool.PathOf("python3"), Workshop.Baseline("wsgi-scgi.py"))));
    }
}
