using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Transfers;

/// <summary>What became of one large request. curl(1) makes it, in a process that it has to itself.</summary>
/// <param name="Received">Bytes of the answer.</param>
/// <param name="Nanoseconds">From the first byte of the request to the last of the answer.</param>
/// <param name="Output">What curl printed of the answer.</param>
internal sealed record Transfer(long Received, double Nanoseconds, string Output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>Makes a request.</summary>
    /// <param name="arguments">Options and the URL.</param>
    /// <exception cref="InvalidMeasurementException">It failed, or the answer is another than 200.</exception>
    public static async Task<Transfer> RunAsync(params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("curl"),
            Arguments = ["-q", "--noproxy", "*", "-sS", "-w", "\n%{http_code} %{size_download} %{time_total}", .. arguments],
        }, s_limit);
        int last = result.OutputText.LastIndexOf('\n');
        if (result.ExitCode != 0 || last < 0 || result.OutputText[(last + 1)..].Split(' ') is not ["200", var received, var seconds])
            throw new InvalidMeasurementException($"curl {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.ErrorText}{result.OutputText}");
        return new Transfer(long.Parse(received, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture) * 1e9, result.OutputText[..last]);
    }
}
