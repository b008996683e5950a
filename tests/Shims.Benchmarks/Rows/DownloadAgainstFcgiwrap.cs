using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Benchmarks.Transfers;

namespace Shims.Benchmarks.Rows;

internal sealed class DownloadAgainstFcgiwrap(Wire wire) : IBenchmark
{
    public string Name => $"{wire.Name}-download";

    public string Measure => "nginx -> resident gateway -> a C program that writes 1 GiB; one client, who throws it away";

    public string Baseline => "fcgiwrap";

    public string LeavesOut => "the disk and the network; nginx, curl and the program share the processors with the gateway, and the throughput is that of the slowest of them";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, $"{wire.Program} (wait), 1 GiB of output", Quantity.Throughput, Target.None),
        new(Name + "-cpu", $"{wire.Program} (wait), its processor time", Quantity.ProcessorTime, Target.AtMost(0.5)),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => TransferSite.OpenAsync(
        wire, workshop, workshop.Compile("flood.c", "-static"), (page, gateway) => new DownloadSide(page, gateway));
}
