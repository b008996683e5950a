using System.Globalization;
using System.Text;

namespace Shims.Control.Client;

/// <summary>The result of a series of requests, for people.</summary>
internal static class SeriesReport
{
    private const int BarWidth = 40;

    internal static string Of(SeriesResult result)
    {
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{result.Requests} requests, {result.Concurrency} at a time, in {result.Seconds:0.000} s: " +
            $"{result.RequestsPerSecond:0.0} responses/s, {result.BodyBytes} bytes of bodies\n");
        foreach ((string status, int count) in result.Statuses)
            text.Append(culture, $"  status {status}: {count}\n");
        foreach ((string cause, int count) in result.Failures)
            text.Append(culture, $"  failed: {count}: {cause}\n");
        if (result.Latency is not { } latency)
            return text.ToString();
        text.Append(culture, $"  ms: min {latency.Min:0.00}  mean {latency.Mean:0.00}  p50 {latency.P50:0.00}  p90 {latency.P90:0.00}  " +
            $"p99 {latency.P99:0.00}  max {latency.Max:0.00}\n");
        int most = latency.Histogram.Max(range => range.Count);
        foreach (Latency.Range range in latency.Histogram)
        {
            text.Append(culture, $"  {range.From,8:0.###} to {range.To,8:0.###} ms {range.Count,8}");
            text.Append(range.Count > 0 ? " " : "").Append('#', (int)Math.Ceiling((double)range.Count * BarWidth / most)).Append('\n');
        }
        return text.ToString();
    }
}
