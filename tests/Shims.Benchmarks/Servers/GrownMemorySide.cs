using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>A resident program that has answered many requests. A sample is what it keeps of the memory for itself, in bytes.</summary>
internal sealed class GrownMemorySide(Uri page, ResidentGateway server) : ISide
{
    private readonly LoadSide _load = new(page);
    private double _requests;

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        do
            _requests += (await _load.AskAsync(effort)).Requests;
        while (_requests < effort.Requests);
        return [server.PrivateMemory];
    }
}
