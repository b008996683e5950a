using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

/// <summary>What a body costs on the exec path: it is put into a pipe before the script is become.</summary>
internal sealed class ScgiExecBody : IBenchmark
{
    private const int BodySize = 1024;

    public string Name => "scgi-exec-body";

    public string Measure => "as scgi-exec, with a body of 1 KiB that the script does not read, against the same without a body";

    public string Baseline => "scgi-run SCRIPT, without a body";

    public string LeavesOut => "the super-server and the web server, and a script that reads";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT, 1 KiB of body", Quantity.Duration, Target.None)];

    public string? Finding => "a pipe, and the body read from the socket and written into it: so that a script finds an end of its input, and one that reads nothing loses no page";

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = workshop.CompileWithoutLibrary("nothing.c");
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, script, body: new byte[BodySize]), "", workshop.Program("scgi-run"), script),
            new ProcessSide(workshop, Descriptors.Connected, SampleRequest.Scgi(workshop, script), "", workshop.Program("scgi-run"), script)));
    }
}
