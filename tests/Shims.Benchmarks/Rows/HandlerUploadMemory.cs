using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class HandlerUploadMemory : IBenchmark
{
    public string Name => "handler-memory";

    public string Measure => "a .NET handler takes the MD5 of a POST of 1 GiB by SCGI: the most memory that its process ever had (VmHWM)";

    public string? Baseline => null;

    public string LeavesOut => "the super-server and the web server, and what the kernel keeps in sockets; pages of libraries that the process shares with others are counted as its own";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "native handler, 1 GiB of upload", Quantity.Memory, Target.FigureAtMost(40e6))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string handler = Repository.PathTo("artifacts/publish/test-handler/test-handler");
        return File.Exists(handler)
            ? Task.FromResult(new Contest(new UploadMemorySide(workshop.Stage(handler)), baseline: null))
            : throw new FileNotFoundException($"{handler} has not been built: run make test-handler");
    }
}
