using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

/// <summary>The exec path against baseline/minimal-shim.c, which can be linked in three ways.</summary>
internal sealed class ScgiExecAgainstC : IBenchmark
{
    private readonly Func<Workshop, string> _compile;
    private readonly Target _target;

    private ScgiExecAgainstC(string name, string measure, string baseline, Target target, Func<Workshop, string> compile) =>
        (Name, Measure, Baseline, _target, _compile) = (name, measure, baseline, target, compile);

    /// <summary>Neither side starts a C library: this one holds on any machine.</summary>
    public static ScgiExecAgainstC WithoutLibrary { get; } = new(
        "scgi-exec", "one SCGI request answered by a static program without a C library that scgi-run has become (nowait, exec), whole process",
        "minimal C shim, without a C library", Target.AtMost(1.3), workshop => workshop.CompileWithoutLibrary("minimal-shim.c"));

    /// <summary>The C library's start is the other side's alone.</summary>
    public static ScgiExecAgainstC Static { get; } = new(
        "scgi-exec-static", "as scgi-exec, against the same C shim with the C library, linked statically",
        "minimal C shim, cc -static", Target.None, workshop => workshop.Compile("minimal-shim.c", "-static"));

    /// <summary>So is what it takes to find and to bind one.</summary>
    public static ScgiExecAgainstC Dynamic { get; } = new(
        "scgi-exec-dynamic", "as scgi-exec, against the same C shim as cc links it",
        "minimal C shim, as cc links it", Target.None, workshop => workshop.Compile("minimal-shim.c"));

    public string Name { get; }

    public string Measure { get; }

    public string Baseline { get; }

    public string LeavesOut => "the super-server and the web server; the C shim neither filters nor checks nor moves descriptors; what the C library's start takes depends on the machine, see above";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT", Quantity.Duration, _target)];

    public string? Finding => "next to all of it is the kernel's: to map and to unmap a file of 4 MB in five segments instead of one of 10 kB, and the pages that the code which runs lies on; our own instructions are those of scgi-exec-instructions";

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string script = workshop.CompileWithoutLibrary("nothing.c"), request = SampleRequest.Scgi(workshop, script);
        // The script's answer is that it has ended with 0, which no shim of either kind does that has not become it.
        return Task.FromResult(new Contest(
            new ProcessSide(workshop, Descriptors.Connected, request, "", workshop.Program("scgi-run"), script),
            new ProcessSide(workshop, Descriptors.Connected, request, "", _compile(workshop), script)));
    }
}
