using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class AppNowaitAgainstPython : IBenchmark
{
    public string Name => "app-nowait-python";

    public string Measure => "as app-nowait, against Python 3 doing about the same";

    public string Baseline => "a WSGI application over SCGI in Python 3";

    public string LeavesOut => "the super-server and the web server; Python imports nothing that it does not need";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/minimal-api, native", Quantity.Duration, Target.AtMost(0.5))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.App(workshop), HelloApp.Page, HelloApp.Program(workshop)),
        new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, "/app"), HandlerHello.Page, File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tool.PathOf("python3"), Workshop.Baseline("wsgi-scgi.py"))));
}
