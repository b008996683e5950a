using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Shims.Buffers;
using Shims.Cgi;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Early;

/// <summary>The header of an SCGI request while it comes in: into the request's own memory, and never a byte too far. Allocates nothing managed, throws nothing.</summary>
/// <remarks><code>
///   Count &lt; Size unknown       into Start, which no header is too short for
///   Count &lt; Size               into Memory, which has room for exactly Size bytes
///   Count = Size               complete: no more is read
///   Status is not Done         refused: no more is read
/// </code></remarks>
internal unsafe struct ScgiHeaderBuffer
{
    private StartOfHeader _start;
    private byte* _header;
    private int _size;
    private byte* _body;
    private int _bodySize;
    private int _bodyCount;

    /// <summary>The request's memory, with the header in it. Taken once the header's length is known.</summary>
    internal Arena Memory;

    /// <summary>The descriptor of the connection.</summary>
    internal int Connection;

    /// <summary>Bytes read; never more than the header has.</summary>
    internal int Count { get; private set; }

    /// <summary>True if the last byte of the header, the comma, is there.</summary>
    internal readonly bool IsComplete => _size > 0 && Count == _size;

    /// <summary>True if the comma was only looked at.</summary>
    internal bool IsCommaUnread { get; private set; }

    /// <summary>Done, or what makes the header unacceptable, for good. See <see cref="ScgiHeader.TryGetSize"/>.</summary>
    internal OperationStatus Status { get; private set; }

    /// <summary>The bytes of the body that have been read, if a script was to replace this process.</summary>
    internal readonly ReadOnlySpan<byte> Body => new(_body, _bodyCount);

    /// <summary>The plan by which the script was to replace this process, with the step that failed, if it was tried.</summary>
    internal LaunchPlan Plan;

    /// <summary>Everything read so far.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> Received =>
        _header != null ? new ReadOnlySpan<byte>(_header, Count) : MemoryMarshal.CreateReadOnlySpan(in _start.First, Count);

    /// <summary>Reads what has arrived of the header. Of one that is complete or has been refused nothing more is read.</summary>
    /// <param name="maxHeader">Largest header, bytes.</param>
    /// <param name="policy">Takes part in how much memory the request needs.</param>
    /// <param name="leaveComma">True if the comma, the last byte of a request without a body, is looked at but not taken.</param>
    /// <returns>
    /// Bytes there are now; 0 at the end of input; negative as recv(2) has it, with errno, or if the header cannot be right: look at <see cref="Status"/> first.
    /// </returns>
    internal nint Receive(int maxHeader, in EnvironmentPolicy policy, bool leaveComma = false)
    {
        if (Status != OperationStatus.Done)
            return -1;
        if (IsComplete)
            return Count;
        bool isCommaNext = leaveComma && Count == _size - 1;
        Span<byte> room = Room(leaveComma && !isCommaNext ? 1 : 0);
        nint count = isCommaNext ? Libc.Peek(Connection, room) : Libc.Receive(Connection, room);
        if (count <= 0)
            return count;
        Count += (int)count;
        if (_header == null && !TryMove(maxHeader, policy))
            return -1;
        IsCommaUnread = IsComplete && isCommaNext;
        return Count;
    }

    /// <summary>Reads what has arrived of the body, once the header is complete.</summary>
    /// <param name="length">Bytes that the body has, the same each time.</param>
    /// <returns>As recv(2) has it: 0 at the end of input, negative with errno; also 0 once the body is complete, or if there is no memory for it.</returns>
    internal nint ReceiveBody(int length)
    {
        if (_body == null)
        {
            Span<byte> memory = Memory.Take(length);
            _bodySize = memory.Length;
            fixed (byte* start = memory)
                _body = start;
        }
        Span<byte> room = new Span<byte>(_body, _bodySize)[_bodyCount..];
        nint count = room.IsEmpty ? 0 : Libc.Receive(Connection, room);
        if (count > 0)
            _bodyCount += (int)count;
        return count;
    }

    /// <summary>Takes over a whole header that was read elsewhere.</summary>
    /// <returns>False if there is no memory for it.</returns>
    internal bool Take(ReadOnlySpan<byte> header)
    {
        Memory = Arena.Create(header.Length);
        if (!TryHold(header.Length, header))
            return false;
        Count = header.Length;
        return true;
    }

    /// <summary>The room for the next bytes: all that is missing of the header, or of the beginning that every header has.</summary>
    /// <param name="left">The number of those bytes that are to stay in the socket.</param>
    [UnscopedRef]
    private Span<byte> Room(int left) => _header != null
        ? new Span<byte>(_header, _size - left)[Count..]
        : MemoryMarshal.CreateSpan(ref _start.First, ScgiHeader.ShortestSize - left)[Count..];

    /// <summary>From the few bytes that every header has to memory for this one, once its size is known.</summary>
    /// <returns>False if the header cannot be accepted; the status says why.</returns>
    private bool TryMove(int maxHeader, in EnvironmentPolicy policy)
    {
        OperationStatus status = ScgiHeader.TryGetSize(Received, maxHeader, out int size);
        if (status == OperationStatus.NeedMoreData)
            return true;
        if (status == OperationStatus.Done)
        {
            Memory = Arena.Create(ScriptLaunch.MemoryFor(size, policy) + Limits.SmallBody);
            if (!TryHold(size, Received))
                status = OperationStatus.DestinationTooSmall;
        }
        Status = status;
        return status == OperationStatus.Done;
    }

    private bool TryHold(int size, ReadOnlySpan<byte> bytes)
    {
        Span<byte> memory = Memory.Take(size);
        if (memory.Length < bytes.Length)
            return false;
        bytes.CopyInto(memory);
        fixed (byte* start = memory)
            _header = start;
        _size = size;
        return true;
    }

    /// <summary>The length of the shortest header.</summary>
    [StructLayout(LayoutKind.Sequential, Size = ScgiHeader.ShortestSize)]
    private struct StartOfHeader
    {
        internal byte First;
    }
}
