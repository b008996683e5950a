using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>Reads a response over SCGI or uwsgi: all bytes up to the end of the connection. Both have no framing.</summary>
internal sealed class ScgiResponseReader(GatewayConnection connection) : ResponseReader
{
    private bool _isFirst = true;

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (End != ResponseEnd.Open)
            return 0;
        int count = await connection.ReceiveAsync(destination, cancellation);
        if (count == 0)
            return connection.IsReset ? Finish(ResponseEnd.Reset, ResponseFaults.Reset) : Finish(ResponseEnd.Clean);
        // Every FastCGI record begins with a byte of 1, and no CGI header does.
        if (_isFirst && destination.Span[0] == RecordHeader.Version1)
            return Finish(ResponseEnd.Malformed, ResponseFaults.SpeaksFastCgi);
        _isFirst = false;
        return count;
    }
}
