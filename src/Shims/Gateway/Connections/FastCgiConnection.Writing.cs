using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

// What goes out: records are queued within a bound, and contents of pipes go past the queue in their turn.
internal sealed unsafe partial class FastCgiConnection
{
    /// <summary>Bytes of records that may wait to be sent: some for every request, so that none waits for another's script.</summary>
    private const int OutputBound = 128 * 1024;

    private readonly NativeBuffer _output = new(OutputBound);
    private FastCgiRequest? _splicing;
    private int _splicePipe;
    private int _spliceLeft;
    private int _beforeSplice;

    /// <summary>Whether more may be queued.</summary>
    internal bool HasRoom => _output.Length < OutputBound / 2;

    /// <summary>Queues a part of a stream.</summary>
    /// <returns>How many bytes there was room for.</returns>
    internal int WriteStream(RecordType type, ushort requestId, ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(OutputBound - _output.Length - 2 * RecordHeader.Size, RecordHeader.MaxAlignedContent);
        int count = Math.Min(bytes.Length, room);
        if (count <= 0)
            return 0;
        WriteRecord(type, requestId, bytes[..count]);
        return count;
    }

    /// <summary>Sends a record whose content is moved from the pipe inside the kernel.</summary>
    /// <remarks>
    /// Content goes out in multiples of eight, as it cannot be padded on the way. If the connection fills up in the middle, the rest of the record goes
    /// out before anything else does (<see cref="Flush"/>).
    /// </remarks>
    internal SpliceResult SpliceStream(FastCgiRequest request, int pipe, long most, out int moved)
    {
        moved = 0;
        if (_spliceLeft > 0)
            return SpliceResult.ConnectionFull;
        int length = (int)Math.Min(Math.Min(Libc.Available(pipe), most), RecordHeader.MaxAlignedContent) & ~7;
        if (length == 0)
            return SpliceResult.ReadInstead;
        RecordHeader.For(RecordType.Stdout, request.Id, length).Write(_output.RoomFor(RecordHeader.Size));
        _output.Added(RecordHeader.Size);
        (_splicing, _splicePipe, _spliceLeft, _beforeSplice) = (request, pipe, length, _output.Length);
        moved = length;
        Flush();
        return _spliceLeft == 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    /// <summary>Whether content of a record of the request is still in its pipe.</summary>
    internal bool IsSplicing(FastCgiRequest request) => _splicing == request && _spliceLeft > 0;

    /// <summary>Half a record has gone out, and its pipe is about to be closed: the other half is queued, so that other requests can go on behind it.</summary>
    internal void EndSplice(FastCgiRequest request)
    {
        if (_splicing != request || _spliceLeft == 0)
            return;
        byte[] before = _output.Bytes[.._beforeSplice].ToArray(), behind = _output.Bytes[_beforeSplice..].ToArray();
        _output.Clear();
        _output.AddAll(before);
        while (_spliceLeft > 0 && Libc.Read(_splicePipe, _output.RoomFor(_spliceLeft)[.._spliceLeft]) is > 0 and nint count)
        {
            _output.Added((int)count);
            _spliceLeft -= (int)count;
        }
        _output.AddAll(behind);
        (_splicing, _spliceLeft, _beforeSplice) = (null, 0, 0);
    }

    /// <summary>Queues a record that cannot wait.</summary>
    internal void WriteRecord(RecordType type, ushort requestId, ReadOnlySpan<byte> content)
    {
        _output.Added(RecordWriter.Write(_output.RoomFor(RecordWriter.SizeOf(content.Length)), type, requestId, content));
        ScheduleOutsideOfTurn();
    }

    private void WriteEndRequest(ushort requestId, int exitCode, ProtocolStatus status) =>
        _output.Added(RecordWriter.WriteEndRequest(_output.RoomFor(RecordWriter.EndRequestSize), requestId, exitCode, status));

    /// <summary>Sends what is queued.</summary>
    /// <returns>Whether that has made room for answers that were waiting for it.</returns>
    private bool Flush()
    {
        bool wasFull = !HasRoom, wasSplicing = _spliceLeft > 0;
        while (SendNext())
        {
            // until nothing is left, or the peer takes no more
        }
        return (wasFull && HasRoom) || (wasSplicing && _spliceLeft == 0);
    }

    /// <summary>Sends a piece: what was queued before a record whose content is in a pipe, then that content, then the rest.</summary>
    private bool SendNext()
    {
        if (_spliceLeft > 0 && _beforeSplice == 0)
        {
            int moved = Transport.SpliceFrom(_splicePipe, _spliceLeft);
            _spliceLeft -= moved;
            return moved > 0;
        }
        if (_output.IsEmpty)
            return false;
        // A record's header travels with its content.
        int sent = _spliceLeft > 0 ? Transport.Send(_output.Bytes[.._beforeSplice], isMoreToCome: true) : Transport.Send(_output.Bytes);
        _output.Remove(sent);
        if (_spliceLeft > 0)
            _beforeSplice -= sent;
        return sent > 0;
    }
}
