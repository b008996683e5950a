using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;

namespace Shims.Benchmarks.Rows;

internal sealed class DoctorServices : IBenchmark
{
    private const int Many = 150;

    public string Name => "doctor-services";

    public string Measure => $"shimctl doctor inetd.conf nginx.conf with {Many} services whose sockets respond at once, whole process from fork to the end, against the same with one service";

    public string Baseline => "the same with one service";

    public string LeavesOut => "the super-server, whose sockets the benchmark itself answers";

    public IReadOnlyList<Gauge> Gauges => [new(Name, $"shimctl doctor, {Many} services", Quantity.Wait, Target.None)];

    public string? Finding => "each script is asked once through its socket, and once through the gateway; the requests run side by side, on as many processors as there are";

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        var many = new DoctorSide(workshop, Many);
        var one = new DoctorSide(workshop, 1);
        return Task.FromResult(new Contest(many, one, many, one));
    }
}
