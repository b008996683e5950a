using Shims.Ajp;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Reads a response over SCGI or uwsgi: all bytes up to the end of the connection. Both have no framing.</summary>
/// <param name="connection">Source of the bytes.</param>
/// <param name="protocol">SCGI or uwsgi.</param>
internal sealed class RawResponseReader(GatewayConnection connection, Protocol protocol) : ResponseReader
{
    private bool _isFirst = true;

    internal override bool MayHaveStatusLine => protocol == Protocols.Uwsgi;

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (End != ResponseEnd.Open)
            return 0;
        int count = await connection.ReceiveAsync(destination, cancellation);
        if (count == 0)
            return connection.IsReset ? Finish(ResponseEnd.Reset, ResponseFaults.Reset) : Finish(ResponseEnd.Clean);
        if (_isFirst && SpokenInstead(destination.Span[..count]) is { } other)
            return Finish(ResponseEnd.Malformed, ResponseFaults.SpeaksOther(other, protocol));
        _isFirst = false;
        return count;
    }

    /// <summary>Every FastCGI record begins with a byte of 1, and every packet of AJP13 with AB and a length, which no header does.</summary>
    private static Protocol? SpokenInstead(ReadOnlySpan<byte> start) =>
        start[0] == RecordHeader.Version1 ? Protocols.FastCgi
        : Packet.IsToWebServer(start) && start is [_, _, < (byte)' ', ..] ? Protocols.Ajp13
        : null;
}
