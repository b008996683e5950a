using System.Buffers;
using Shims.Cgi;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway;

/// <summary>The header of an SCGI request while it comes in: into the request's own memory, and never a byte too far. Allocates nothing managed, throws nothing.</summary>
internal unsafe struct ScgiIntake
{
    private fixed byte _start[ScgiHeader.ShortestSize];
    private byte* _header;
    private int _missing;

    /// <summary>The request's memory, with the header in it. Taken once the header's length is known.</summary>
    internal Arena Memory;

    /// <summary>Where the connection is.</summary>
    internal int Connection;

    /// <summary>Bytes read.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether the last byte of the header, the comma, is there.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Whether the comma was only looked at.</summary>
    internal bool IsCommaUnread { get; private set; }

    /// <summary>Done, or what makes the header unacceptable. See <see cref="ScgiHeader.TryGetMissing"/>.</summary>
    internal OperationStatus Status { get; private set; }

    /// <summary>How the script was to replace this process, and how far that got, if it was tried.</summary>
    internal LaunchPlan Plan;

    /// <summary>Everything read so far; good as long as this value stays where it is.</summary>
    internal readonly ReadOnlySpan<byte> Received
    {
        get
        {
            if (_header != null)
                return new ReadOnlySpan<byte>(_header, Count);
            fixed (byte* start = _start)
                return new ReadOnlySpan<byte>(start, Count);
        }
    }

    /// <summary>Reads what has arrived of the header.</summary>
    /// <param name="maxHeader">Largest header, bytes.</param>
    /// <param name="policy">Takes part in how much memory the request needs.</param>
    /// <param name="leaveComma">Whether the comma, the last byte of a request without a body, is looked at but not taken.</param>
    /// <returns>
    /// Bytes there are now; 0 at the end of input; negative as recv(2) has it, with errno, or if the header cannot be right: look at <see cref="Status"/> first.
    /// </returns>
    internal nint Receive(int maxHeader, in EnvironmentPolicy policy, bool leaveComma = false)
    {
        if (Count == 0)
            _missing = ScgiHeader.ShortestSize;
        fixed (byte* start = _start)
        {
            byte* next = (_header == null ? start : _header) + Count;
            bool isComma = leaveComma && _missing == 1 && _header != null;
            int length = leaveComma && _header != null && _missing > 1 ? _missing - 1 : _missing;
            if (_header == null)
                length = Math.Min(length, ScgiHeader.ShortestSize - Count);
            nint count = isComma ? Libc.Peek(Connection, next, (nuint)length) : Libc.Receive(Connection, next, (nuint)length);
            if (count <= 0)
                return count;
            Count += (int)count;
        }
        Status = ScgiHeader.TryGetMissing(Received, maxHeader, out _missing);
        if (Status != OperationStatus.Done)
            return -1;
        if (_header == null && Count == ScgiHeader.ShortestSize)
            Move(Count + _missing, policy);
        if (Status != OperationStatus.Done)
            return -1;
        IsComplete = _missing == 0;
        IsCommaUnread = IsComplete && leaveComma && _header != null;
        return Count;
    }

    /// <summary>Takes over a whole header that was read elsewhere.</summary>
    /// <returns>False if there is no memory for it.</returns>
    internal bool Take(ReadOnlySpan<byte> header)
    {
        Memory = Arena.Create(header.Length);
        Span<byte> copy = Memory.Take(header.Length);
        if (copy.IsEmpty)
            return false;
        header.CopyInto(copy);
        fixed (byte* start = copy)
            _header = start;
        Count = header.Length;
        IsComplete = true;
        return true;
    }

    /// <summary>From the few bytes that every header has to memory for this one.</summary>
    private void Move(int size, in EnvironmentPolicy policy)
    {
        Memory = Arena.Create(ScriptLaunch.MemoryFor(size, policy));
        Span<byte> header = Memory.Take(size);
        if (header.IsEmpty)
        {
            Status = OperationStatus.DestinationTooSmall;
            return;
        }
        Received.CopyInto(header);
        fixed (byte* start = header)
            _header = start;
    }
}
