using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>Takes the response out of STDOUT records, up to END_REQUEST. FastCGI 1.0.</summary>
/// <param name="connection">Where the records come from.</param>
/// <param name="observer">Is told of every record.</param>
/// <param name="errors">Takes the content of STDERR records.</param>
internal sealed class FastCgiReplyReader(GatewayConnection connection, IGatewayObserver observer, ErrorOutput errors) : ReplyReader
{
    private readonly byte[] _buffer = new byte[RecordHeader.Size + ushort.MaxValue + byte.MaxValue];
    private int _start;
    private int _end;
    private Memory<byte> _output;

    /// <summary>The content of END_REQUEST; null until it has come.</summary>
    internal EndRequestBody? EndRequest { get; private set; }

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        while (_output.IsEmpty)
        {
            if (End != ReplyEnd.Open)
                return 0;
            await ReadRecordAsync(cancellation);
        }
        int count = Math.Min(_output.Length, destination.Length);
        _output[..count].CopyTo(destination);
        _output = _output[count..];
        return count;
    }

    private async ValueTask ReadRecordAsync(CancellationToken cancellation)
    {
        if (!await TryFillAsync(RecordHeader.Size, cancellation))
            return;
        RecordHeader header = RecordHeader.Read(_buffer.AsSpan(_start));
        int size = RecordHeader.Size + header.ContentLength + header.PaddingLength;
        if (!await TryFillAsync(size, cancellation))
            return;
        Memory<byte> content = _buffer.AsMemory(_start + RecordHeader.Size, header.ContentLength);
        _start += size;
        observer.OnRecordReceived(header, content.Span);
        Take(header, content);
    }

    private void Take(RecordHeader header, Memory<byte> content)
    {
        if (header.RequestId == RecordHeader.ManagementId && header.Type is RecordType.GetValuesResult or RecordType.UnknownType)
            return;
        if (header.RequestId != RequestWriter.RequestId)
        {
            Finish(ReplyEnd.Malformed, ReplyFaults.ForOtherRequest(header.RequestId));
            return;
        }
        switch (header.Type)
        {
            case RecordType.Stdout:
                _output = content;
                break;
            case RecordType.Stderr when content.IsEmpty:
                break;
            case RecordType.Stderr:
                errors.Add(content.Span);
                observer.OnStandardError(content.Span);
                break;
            case RecordType.EndRequest when EndRequestBody.TryRead(content.Span, out EndRequestBody body):
                EndRequest = body;
                if (body.ProtocolStatus == ProtocolStatus.RequestComplete)
                    Finish(ReplyEnd.Clean);
                else
                    Finish(ReplyEnd.Refused, ReplyFaults.Refused(body.ProtocolStatus));
                break;
            default:
                Finish(ReplyEnd.Malformed, ReplyFaults.UnknownRecord((int)header.Type));
                break;
        }
    }

    /// <summary>Sees to it that so many bytes lie at the start of what has been received.</summary>
    private async ValueTask<bool> TryFillAsync(int size, CancellationToken cancellation)
    {
        if (_buffer.Length - _start < size)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < size)
        {
            int count = await connection.ReceiveAsync(_buffer.AsMemory(_end), cancellation);
            if (count == 0)
            {
                Finish(connection.IsReset ? ReplyEnd.Reset : ReplyEnd.Early, connection.IsReset ? ReplyFaults.Reset : _end == 0 ? ReplyFaults.Silent : ReplyFaults.BrokeOff);
                return false;
            }
            _end += count;
            if (_buffer[_start] != RecordHeader.Version1)
            {
                ReadOnlySpan<byte> start = _buffer.AsSpan(_start, _end - _start);
                Finish(ReplyEnd.Malformed, start.StartsWith("HTTP/"u8) ? ReplyFaults.AnswersInHttp : LooksLikeHeader(start) ? ReplyFaults.AnswersInScgi : ReplyFaults.NoRecord);
                return false;
            }
        }
        return true;
    }

    private static bool LooksLikeHeader(ReadOnlySpan<byte> start) => char.IsAsciiLetter((char)start[0]) && start[..Math.Max(0, start.IndexOf((byte)'\n'))].Contains((byte)':');
}
