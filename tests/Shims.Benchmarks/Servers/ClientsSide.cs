using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>A page asked for by one number of clients after the other. A sample is requests per second with each.</summary>
internal sealed class ClientsSide(LoadSide page, params int[] clients) : ISide
{
    public async Task<double[]> MeasureAsync(Effort effort)
    {
        var rates = new double[clients.Length];
        for (int index = 0; index < clients.Length; index++)
            rates[index] = index > 0 && clients[index] == clients[index - 1] ? rates[index - 1] : (await page.MeasureAsync(effort, clients[index])).Rate;
        return rates;
    }
}
