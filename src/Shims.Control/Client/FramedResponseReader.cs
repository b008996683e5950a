namespace Shims.Control.Client;

/// <summary>Reads a response from records or packets, up to the one that marks its end.</summary>
/// <param name="connection">Source of the bytes.</param>
/// <param name="size">Bytes of the longest record or packet.</param>
internal abstract class FramedResponseReader(GatewayConnection connection, int size) : ResponseReader
{
    private readonly byte[] _buffer = new byte[size];
    private int _start;
    private int _end;
    private bool _hasBegun;

    /// <summary>Bytes of the response that have come and not been read.</summary>
    protected Memory<byte> Output { get; set; }

    /// <summary>Bytes that have been received, and not been taken.</summary>
    protected Span<byte> Received => _buffer.AsSpan(_start, _end - _start);

    internal override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        while (Output.IsEmpty)
        {
            if (End != ResponseEnd.Open)
                return 0;
            await ReadFrameAsync(cancellation);
        }
        int count = Math.Min(Output.Length, destination.Length);
        Output[..count].CopyTo(destination);
        Output = Output[count..];
        return count;
    }

    /// <summary>Reads one record or packet.</summary>
    protected abstract Task ReadFrameAsync(CancellationToken cancellation);

    /// <summary>The fault of bytes that are not of the protocol; null if they may be.</summary>
    /// <param name="start">At least one byte, where a record or packet begins.</param>
    protected abstract PeerFault? FaultOf(ReadOnlySpan<byte> start);

    /// <summary>Takes bytes off the front.</summary>
    /// <returns>A view that is good until more is received.</returns>
    protected Memory<byte> Take(int count)
    {
        Memory<byte> taken = _buffer.AsMemory(_start, count);
        _start += count;
        return taken;
    }

    /// <summary>Receives until that many bytes are there.</summary>
    /// <returns>False if the connection ended first, or something else than records or packets has come.</returns>
    protected async ValueTask<bool> TryFillAsync(int count, CancellationToken cancellation)
    {
        if (_buffer.Length - _start < count)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        // Checked here too, and not only where bytes arrive: several may have arrived at once.
        if (_end > _start && !IsOfProtocol())
            return false;
        while (_end - _start < count)
        {
            int received = await connection.ReceiveAsync(_buffer.AsMemory(_end), cancellation);
            if (received == 0)
            {
                if (connection.IsReset)
                    Finish(ResponseEnd.Reset, ResponseFaults.Reset);
                else
                    Finish(ResponseEnd.Early, _hasBegun ? ResponseFaults.Truncated : ResponseFaults.NoResponse);
                return false;
            }
            _end += received;
            _hasBegun = true;
            // Another protocol is recognised by its first bytes, without waiting for a whole record.
            if (!IsOfProtocol())
                return false;
        }
        return true;
    }

    private bool IsOfProtocol()
    {
        if (FaultOf(Received) is not { } fault)
            return true;
        Finish(ResponseEnd.Malformed, fault);
        return false;
    }
}
