using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>Reads the response from STDOUT records, up to END_REQUEST. FastCGI 1.0.</summary>
/// <param name="connection">Source of the records.</param>
/// <param name="observer">Told of every record.</param>
/// <param name="errors">Destination of STDERR records.</param>
internal sealed class FastCgiResponseReader(GatewayConnection connection, IGatewayObserver observer, ErrorOutput errors) : ResponseReader
{
    private readonly byte[] _buffer = new byte[RecordHeader.Size + ushort.MaxValue + byte.MaxValue];
    private int _start;
    private int _end;
    private Memory<byte> _output;
    private bool _hasBegun;

    /// <summary>The content of END_REQUEST; null until it has arrived.</summary>
    internal EndRequestBody? EndRequest { get; private set; }

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        while (_output.IsEmpty)
        {
            if (End != ResponseEnd.Open)
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
        // Checked here too, and not only where bytes arrive: several records may have arrived at once.
        if (!IsRecord(_buffer.AsSpan(_start, _end - _start)))
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
        if (header is { RequestId: RecordHeader.ManagementId, Type: RecordType.GetValuesResult or RecordType.UnknownType })
            return;
        if (header.RequestId != RequestWriter.RequestId)
        {
            Finish(ResponseEnd.Malformed, ResponseFaults.ForOtherRequest(header.RequestId));
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
                    Finish(ResponseEnd.Clean);
                else
                    Finish(ResponseEnd.Refused, ResponseFaults.Refused(body.ProtocolStatus));
                break;
            case RecordType.EndRequest:
                Finish(ResponseEnd.Malformed, ResponseFaults.EndRequestOfWrongSize(content.Length));
                break;
            default:
                Finish(ResponseEnd.Malformed, ResponseFaults.UnknownRecord((int)header.Type));
                break;
        }
    }

    /// <summary>Receives until the buffer holds that many bytes.</summary>
    /// <returns>False if the connection ended first, or holds something else than records.</returns>
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
                if (connection.IsReset)
                    Finish(ResponseEnd.Reset, ResponseFaults.Reset);
                else
                    Finish(ResponseEnd.Early, _hasBegun ? ResponseFaults.Truncated : ResponseFaults.NoResponse);
                return false;
            }
            _end += count;
            _hasBegun = true;
            // Another protocol is recognised by its first byte, without waiting for a whole record.
            if (!IsRecord(_buffer.AsSpan(_start, _end - _start)))
                return false;
        }
        return true;
    }

    private bool IsRecord(ReadOnlySpan<byte> start)
    {
        if (start[0] == RecordHeader.Version1)
            return true;
        Finish(ResponseEnd.Malformed, start.StartsWith("HTTP/"u8) ? ResponseFaults.SpeaksHttp
            : LooksLikeHeader(start) ? ResponseFaults.SpeaksScgi
            : ResponseFaults.NotARecord);
        return false;
    }

    private static bool LooksLikeHeader(ReadOnlySpan<byte> start) =>
        char.IsAsciiLetter((char)start[0]) && start[..Math.Max(0, start.IndexOf((byte)'\n'))].Contains((byte)':');
}
