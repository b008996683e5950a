using System.Security.Cryptography;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Transfers;

/// <summary>A large upload to the digest script of the examples. A sample is bytes per second, and nanoseconds of the gateway's processor time for each byte.</summary>
internal sealed class UploadSide(Uri page, ResidentGateway gateway, Workshop workshop) : ISide
{
    private static readonly Dictionary<long, string> s_digests = [];

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        string body = workshop.Zeros(effort.Bytes);
        ProcessorTime before = gateway.ProcessorTime;
        Transfer transfer = await Transfer.RunAsync("-X", "POST", "-T", body, "-H", "Expect:", page.ToString());
        string expected = $"{effort.Bytes} bytes\nSHA-256 {DigestOfZeros(effort.Bytes, body)}";
        return transfer.Output.Contains(expected, StringComparison.Ordinal)
            ? [effort.Bytes / transfer.Nanoseconds * 1e9, gateway.ProcessorTime.Since(before) / effort.Bytes]
            : throw new InvalidMeasurementException($"{page} answers {transfer.Output} instead of {expected}");
    }

    private static string DigestOfZeros(long length, string path)
    {
        if (s_digests.TryGetValue(length, out string? known))
            return known;
        using FileStream file = File.OpenRead(path);
        return s_digests[length] = Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
