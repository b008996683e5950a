using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>The records that are to be sent on a FastCGI connection, within a bound, and in their turn the content of one that is still in a script's pipe.</summary>
internal sealed class RecordQueue(Transport transport) : IDisposable
{
    /// <summary>Bytes of records that may wait to be sent: some for every request, so that none waits for another's script.</summary>
    private const int Bound = 128 * 1024;

    private readonly NativeBuffer _records = new(Bound);
    private ushort _spliceId;
    private int _splicePipe;
    private int _spliceLeft;
    private int _beforeSplice;

    /// <summary>True if nothing waits to be sent.</summary>
    internal bool IsEmpty => _records.IsEmpty;

    /// <summary>True if more may be queued.</summary>
    internal bool HasRoom => _records.Length < Bound / 2;

    /// <summary>True if not even a short record may be queued, such as a request that comes in now may need.</summary>
    internal bool IsFull => _records.Length >= Bound;

    /// <summary>Queues a part of the STDOUT stream.</summary>
    /// <returns>The number of bytes for which there was room.</returns>
    internal int WriteOutput(ushort requestId, ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(Bound - _records.Length - 2 * RecordHeader.Size, RecordHeader.MaxAlignedContent);
        int count = Math.Min(bytes.Length, room);
        if (count <= 0)
            return 0;
        Write(RecordType.Stdout, requestId, bytes[..count]);
        return count;
    }

    /// <summary>Queues a record that cannot wait.</summary>
    internal void Write(RecordType type, ushort requestId, ReadOnlySpan<byte> content) =>
        _records.Added(RecordWriter.Write(_records.RoomFor(RecordWriter.SizeOf(content.Length)), type, requestId, content));

    /// <summary>Queues END_REQUEST.</summary>
    internal void WriteEndRequest(ushort requestId, int applicationStatus, ProtocolStatus status) =>
        _records.Added(RecordWriter.WriteEndRequest(_records.RoomFor(RecordWriter.EndRequestSize), requestId, applicationStatus, status));

    /// <summary>Sends a STDOUT record whose content is moved from the pipe inside the kernel.</summary>
    /// <remarks>
    /// Content goes out in multiples of eight, as it cannot be padded on the way. If the connection fills up in the middle, the rest of the record goes
    /// out before anything else does (<see cref="Flush"/>).
    /// </remarks>
    internal SpliceResult Splice(ushort requestId, int pipe, long most, out int moved)
    {
        moved = 0;
        if (_spliceLeft > 0)
            return SpliceResult.ConnectionFull;
        int length = (int)Math.Min(Math.Min(Libc.Available(pipe), most), RecordHeader.MaxAlignedContent) & ~7;
        if (length == 0)
            return SpliceResult.ReadInstead;
        RecordHeader.For(RecordType.Stdout, requestId, length).Write(_records.RoomFor(RecordHeader.Size));
        _records.Added(RecordHeader.Size);
        (_spliceId, _splicePipe, _spliceLeft, _beforeSplice) = (requestId, pipe, length, _records.Length);
        moved = length;
        Flush();
        return _spliceLeft == 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    /// <summary>True if content of a record of the request is still in its pipe.</summary>
    internal bool IsSplicing(ushort requestId) => _spliceLeft > 0 && _spliceId == requestId;

    /// <summary>Half a record has gone out, and its pipe is about to be closed: the other half is queued, so that other requests can go on after it.</summary>
    internal void EndSplice(ushort requestId)
    {
        if (!IsSplicing(requestId))
            return;
        byte[] before = _records.Bytes[.._beforeSplice].ToArray(), after = _records.Bytes[_beforeSplice..].ToArray();
        _records.Clear();
        _records.AddAll(before);
        while (_spliceLeft > 0 && Libc.Read(_splicePipe, _records.RoomFor(_spliceLeft)[.._spliceLeft]) is > 0 and nint count)
        {
            _records.Added((int)count);
            _spliceLeft -= (int)count;
        }
        _records.AddAll(after);
        (_spliceLeft, _beforeSplice) = (0, 0);
    }

    /// <summary>Sends what the peer takes now.</summary>
    /// <returns>True if that has made room for responses that were waiting for it.</returns>
    internal bool Flush()
    {
        bool wasFull = !HasRoom, wasSplicing = _spliceLeft > 0;
        while (SendNext())
        {
            // until nothing is left, or the peer takes no more
        }
        return (wasFull && HasRoom) || (wasSplicing && _spliceLeft == 0);
    }

    public void Dispose() => _records.Dispose();

    /// <summary>Sends a piece: what was queued before a record whose content is in a pipe, then that content, then the rest.</summary>
    private bool SendNext()
    {
        if (_spliceLeft > 0 && _beforeSplice == 0)
        {
            int moved = transport.SpliceFrom(_splicePipe, _spliceLeft);
            _spliceLeft -= moved;
            return moved > 0;
        }
        if (_records.IsEmpty)
            return false;
        // A record's header travels with its content.
        int sent = _spliceLeft > 0 ? transport.Send(_records.Bytes[.._beforeSplice], isMoreToCome: true) : transport.Send(_records.Bytes);
        _records.Remove(sent);
        if (_spliceLeft > 0)
            _beforeSplice -= sent;
        return sent > 0;
    }
}
