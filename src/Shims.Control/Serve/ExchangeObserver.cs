using System.Diagnostics;
using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>Records the events of a connection to a gateway.</summary>
internal sealed class ExchangeObserver(RequestRecord record, SilenceLimit silence) : IGatewayObserver
{
    void IGatewayObserver.OnVariables(IReadOnlyList<RequestVariable> variables) =>
        record.UpdateQuietly(noted => noted.Variables = variables);

    void IGatewayObserver.OnReceived(ReadOnlySpan<byte> bytes)
    {
        silence.Restart();
        if (record.Times.FirstByte is null)
            record.UpdateQuietly(static noted => noted.Times.FirstByte = Stopwatch.GetTimestamp());
    }

    void IGatewayObserver.OnStandardError(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        record.UpdateQuietly(noted => noted.StandardError.Add(copy));
    }
}
