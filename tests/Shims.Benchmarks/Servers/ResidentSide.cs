using System.Diagnostics;
using System.Globalization;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Servers;

/// <summary>
/// A page of a resident program, through a web server. A sample is requests per second when eight clients ask as fast as they can, nanoseconds of the
/// program's own processor time for each, and then, at half that rate, the time within which 99 of 100 requests were answered: baseline/paced.c.
/// </summary>
/// <remarks>
/// At full load every request waits in a queue, and the longest wait says who was let onto a processor last. Half of it is what a server is run at.
/// </remarks>
internal sealed class ResidentSide(Workshop workshop, Uri page, ResidentGateway server) : ISide
{
    private readonly LoadSide _load = new(page);
    private readonly string _paced = workshop.Compile("paced.c", "-pthread");

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        ProcessorTime before = server.ProcessorTime;
        (double rate, double requests) = await _load.AskAsync(effort);
        return [rate, server.ProcessorTime.Since(before) / requests, await PaceAsync(rate / 2, effort.Load)];
    }

    private async Task<double> PaceAsync(double rate, TimeSpan time)
    {
        string[] arguments = [.. new[] { rate, time.TotalSeconds }.Select(number => number.ToString("0", CultureInfo.InvariantCulture))];
        using Process process = Process.Start(new ProcessStartInfo(
            _paced, [page.Port.ToString(CultureInfo.InvariantCulture), page.AbsolutePath, LoadSide.ClientCount.ToString(CultureInfo.InvariantCulture), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && output.Split(' ') is [_, var tail]
            ? double.Parse(tail, CultureInfo.InvariantCulture)
            : throw new InvalidMeasurementException($"{page}: {await errors}{output}");
    }
}
