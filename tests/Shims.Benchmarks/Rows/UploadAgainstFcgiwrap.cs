using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Benchmarks.Transfers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class UploadAgainstFcgiwrap(Wire wire) : IBenchmark
{
    public string Name => $"{wire.Name}-upload";

    public string Measure => "1 GiB -> nginx, which passes it on as it comes (request buffering off) -> resident gateway -> cgi-bin/digest.py, which hashes it (SHA-256)";

    public string Baseline => "fcgiwrap";

    public string LeavesOut => "the network; nginx, curl and the script share the processors with the gateway, and the throughput is that of the slowest of them: the script's own is the limit that no gateway can pass";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, $"{wire.Program} (wait), 1 GiB of upload", Quantity.Throughput, Target.None),
        new(Name + "-cpu", $"{wire.Program} (wait), its processor time", Quantity.ProcessorTime, Target.None),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => TransferSite.OpenAsync(
        wire, workshop, Repository.PathTo("inetd-examples/cgi-bin/digest.py"), (page, gateway) => new UploadSide(page, gateway, workshop));
}
