using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>SCGI frames nothing: the response is all bytes up to the end of the connection.</summary>
internal sealed class ScgiReplyReader(GatewayConnection connection) : ReplyReader
{
    private bool _isFirst = true;

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (End != ReplyEnd.Open)
            return 0;
        int count = await connection.ReceiveAsync(destination, cancellation);
        if (count == 0)
            return connection.IsReset ? Finish(ReplyEnd.Reset, ReplyFaults.Reset) : Finish(ReplyEnd.Clean);
        // No header begins with a byte of 1, and every FastCGI record does.
        if (_isFirst && destination.Span[0] == RecordHeader.Version1)
            return Finish(ReplyEnd.Malformed, ReplyFaults.AnswersInFastCgi);
        _isFirst = false;
        return count;
    }
}
