using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Benchmarks.Transfers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

/// <summary>A gibibyte, out or in.</summary>
internal sealed class UwsgiTransferAgainstUwsgi : IBenchmark
{
    private readonly bool _isUpload;

    private UwsgiTransferAgainstUwsgi(bool isUpload) => _isUpload = isUpload;

    public static UwsgiTransferAgainstUwsgi Download { get; } = new(isUpload: false);

    public static UwsgiTransferAgainstUwsgi Upload { get; } = new(isUpload: true);

    public string Name => _isUpload ? "uwsgi-upload" : "uwsgi-download";

    public string Measure => _isUpload
        ? "1 GiB -> nginx, which passes it on as it comes (request buffering off) -> resident gateway -> cgi-bin/digest.py, which hashes it (SHA-256)"
        : "nginx -> resident gateway -> a C program that writes 1 GiB; one client, who throws it away";

    public string Baseline => "uWSGI's cgi plugin, 4 workers";

    public string LeavesOut => "the network; nginx, curl and the program share the processors with the gateway, and the throughput is that of the slowest of them";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, $"uwsgi-run (wait), 1 GiB of {(_isUpload ? "upload" : "output")}", Quantity.Throughput, Target.AtLeast(1)),
        new(Name + "-cpu", "uwsgi-run (wait), its processor time", Quantity.ProcessorTime, Target.None),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop)
    {
        string program = _isUpload ? Repository.PathTo("inetd-examples/cgi-bin/digest.py") : workshop.Compile("flood.c", "-static");
        return TransferSite.OpenAsync(
            Wire.Uwsgi, "uwsgi", workshop, program, site => site.StartUwsgiAsync(Site.BaselineAddress, workshop.Stage(Tool.PathOf("uwsgi-core")), program),
            (page, gateway) => _isUpload ? new UploadSide(page, gateway, workshop) : new DownloadSide(page, gateway));
    }
}
