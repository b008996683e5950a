using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class ScgiExecInstructions : IBenchmark
{
    public string Name => "scgi-exec-instructions";

    public string Measure => "as scgi-exec: the instructions from the program's first to its execve, counted in single steps, for one stored request with the 18 variables that nginx sends, and a script whose path is 20 bytes long";

    public string Baseline => "minimal C shim, without a C library";

    public string LeavesOut => "what the kernel does; the C shim neither filters nor checks";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "scgi-run SCRIPT", Quantity.Instructions, Target.FigureAtMost(30_000))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Task.FromResult(new Contest(
        new InstructionSide(workshop.Program("scgi-run")), new InstructionSide(workshop.CompileWithoutLibrary("minimal-shim.c"))));
}
