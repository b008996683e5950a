using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class AppManagedAgainstKestrel : IBenchmark
{
    public string Name => "app-coreclr";

    public string Measure => "a Razor Page of an app on CoreCLR, from the start of the process to the end of its first answer, by SCGI for one connection";

    public string Baseline => "the same app on Kestrel, asked as soon as it listens";

    public string LeavesOut => "the super-server and the web server";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/razor-admin, CoreCLR", Quantity.Wait, Target.AtMost(1.05))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string program = Repository.PathTo("artifacts/publish/apps/razor-admin/razor-admin");
        return File.Exists(program)
            ? Task.FromResult(new Contest(new FirstAnswerSide(workshop, program, byKestrel: false), new FirstAnswerSide(workshop, program, byKestrel: true)))
            : throw new FileNotFoundException($"{program} has not been built: run make apps");
    }
}
