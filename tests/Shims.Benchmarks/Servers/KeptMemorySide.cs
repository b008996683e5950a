using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>A resident gateway that has answered many requests. A sample is what it keeps of the memory for itself, in bytes.</summary>
internal sealed class KeptMemorySide(Clients clients) : ISide
{
    /// <summary>The words for what is measured.</summary>
    public const string Measure = "memory that the gateway's processes keep for themselves (Private_Dirty) after 16,000 requests by four clients";

    private const long Requests = 16_000, RequestsBetweenSamples = 400;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private long _answered;

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        // All of them before the first sample, then some before each: a gateway that goes on growing shows.
        long wanted = Math.Max(Requests - _answered, RequestsBetweenSamples);
        (_, long answers) = await clients.AskAsync(SocketSide.ClientCount, s_limit, wanted);
        _answered += answers;
        return _answered >= Requests
            ? [clients.Gateway.PrivateMemory]
            : throw new InvalidMeasurementException($"{clients.Gateway.Address}: {answers} answers in {s_limit}");
    }
}
