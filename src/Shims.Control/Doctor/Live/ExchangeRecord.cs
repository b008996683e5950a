using System.Text;
using Shims.Control.Client;

namespace Shims.Control.Doctor.Live;

/// <summary>Keeps what came, for a request that is given up.</summary>
internal sealed class ExchangeRecord : IGatewayObserver
{
    private const int MaxKept = 64 * 1024;

    private readonly MemoryStream _said = new();
    private readonly MemoryStream _received = new();

    /// <summary>What was written to standard error.</summary>
    internal string Said => Encoding.UTF8.GetString(Copy(_said));

    /// <summary>The beginning of what was received.</summary>
    internal byte[] Received => Copy(_received);

    void IGatewayObserver.OnStandardError(ReadOnlySpan<byte> bytes) => Keep(_said, bytes);

    void IGatewayObserver.OnReceived(ReadOnlySpan<byte> bytes) => Keep(_received, bytes);

    private static void Keep(MemoryStream into, ReadOnlySpan<byte> bytes)
    {
        lock (into)
            into.Write(bytes[..(int)Math.Min(bytes.Length, MaxKept - into.Length)]);
    }

    private static byte[] Copy(MemoryStream kept)
    {
        lock (kept)
            return kept.ToArray();
    }
}
