using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>A resident gateway asked by one number of clients after the other. A sample is requests per second with each.</summary>
internal sealed class ClientsSide(Clients clients, params int[] counts) : ISide
{
    public async Task<double[]> MeasureAsync(Effort effort)
    {
        var rates = new double[counts.Length];
        for (int index = 0; index < counts.Length; index++)
            rates[index] = index > 0 && counts[index] == counts[index - 1] ? rates[index - 1] : await MeasureAsync(effort, counts[index]);
        return rates;
    }

    private async Task<double> MeasureAsync(Effort effort, int count)
    {
        (double nanoseconds, long answers) = await clients.AskAsync(count, effort.Load, Clients.AnyNumber);
        return answers / nanoseconds * 1e9;
    }
}
