using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>Four clients on a resident gateway's own socket. A sample is requests per second, nanoseconds of the gateway's processor time for each, and instructions of its own for each.</summary>
internal sealed class SocketSide(Clients clients) : ISide
{
    public const int ClientCount = 4;

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        ProcessorTime before = clients.Gateway.ProcessorTime;
        (double nanoseconds, long answers) = await clients.AskAsync(ClientCount, effort.Load, Clients.AnyNumber);
        return [answers / nanoseconds * 1e9, clients.Gateway.ProcessorTime.Since(before) / answers, await clients.CountInstructionsAsync()];
    }
}
