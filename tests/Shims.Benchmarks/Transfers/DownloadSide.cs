using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Transfers;

/// <summary>A long answer of baseline/flood.c. A sample is bytes per second, and nanoseconds of the gateway's processor time for each byte.</summary>
internal sealed class DownloadSide(Uri page, ResidentGateway gateway) : ISide
{
    public async Task<double[]> MeasureAsync(Effort effort)
    {
        ProcessorTime before = gateway.ProcessorTime;
        Transfer transfer = await Transfer.RunAsync("-o", "/dev/null", $"{page}?{effort.Bytes}");
        if (transfer.Received != effort.Bytes)
            throw new InvalidMeasurementException($"{page}: {transfer.Received} bytes instead of {effort.Bytes}");
        return [effort.Bytes / transfer.Nanoseconds * 1e9, gateway.ProcessorTime.Since(before) / effort.Bytes];
    }
}
