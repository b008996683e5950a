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

    public IReadOnlyList<Gauge> Gauges => [new(Name, $"{wire.Program} (wait), 1 GiB of upload", Quantity.Throughput, Target.AtLeast(1.5))];

    public string? Finding => "for each GiB curl, nginx and the script need 1.9 s of two processors' time, whatever is between them; fcgiwrap needs 0.65 s, scgi-run 0.4 s and fcgi-run 0.6 s, half of it to be woken and put to sleep again. A gateway that cost nothing would just reach the target. nginx sends FastCGI records of 8 KiB, each of which has a header to be looked at";

    public Task<Contest> PrepareAsync(Workshop workshop) => TransferSite.OpenAsync(
        wire, workshop, Repository.PathTo("inetd-examples/cgi-bin/digest.py"), (page, _) => new UploadSide(page, workshop));
}
