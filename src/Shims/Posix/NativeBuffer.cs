namespace Shims.Posix;

/// <summary>A queue of bytes with a fixed bound, outside the managed heap: the kernel writes at its end and reads at its front.</summary>
/// <remarks>It has no memory before its first byte comes, then a page, and all that it may have only once that is full: most of what goes through it is small.</remarks>
internal sealed unsafe class NativeBuffer(int capacity) : IDisposable
{
    private const int SizeAtFirst = 4096, LongestCharacter = 4;

    private byte* _memory;
    private int _size;
    private int _start;
    private int _end;

    internal int Length => _end - _start;

    internal bool IsEmpty => _start == _end;

    /// <summary>The number of bytes that can still be added.</summary>
    internal int Free => capacity - Length;

    /// <summary>The bytes, oldest first; good until the next call that adds.</summary>
    internal ReadOnlySpan<byte> Bytes => new(_memory + _start, Length);

    /// <summary>Room for the next bytes, in one piece: fill it from the front, then <see cref="Added"/>. At least 4 bytes, enough for a UTF-8 sequence, unless the bound is nearly reached.</summary>
    internal Span<byte> Room
    {
        get
        {
            if (_start > 0)
            {
                Bytes.CopyTo(new Span<byte>(_memory, _size));
                (_start, _end) = (0, Length);
            }
            if (_size - _end < LongestCharacter && _size < capacity)
                Grow(_size == 0 ? Math.Min(SizeAtFirst, capacity) : capacity);
            return new Span<byte>(_memory + _end, _size - _end);
        }
    }

    internal void Added(int count) => _end += count;

    /// <summary>Adds what fits.</summary>
    /// <returns>Their length in bytes.</returns>
    internal int Add(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(Free, bytes.Length);
        AddAll(bytes[..count]);
        return count;
    }

    /// <summary>Adds everything, whatever the bound: for what cannot wait and is small.</summary>
    internal void AddAll(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        bytes.CopyTo(RoomFor(bytes.Length));
        _end += bytes.Length;
    }

    /// <summary>Room for this number of bytes, even beyond the bound: for small data that cannot wait.</summary>
    internal Span<byte> RoomFor(int count)
    {
        Span<byte> room = Room;
        if (room.Length >= count)
            return room;
        if (Free < count)
            capacity = Math.Max(2 * capacity, Length + count);
        Grow(capacity);
        return new Span<byte>(_memory + _end, _size - _end);
    }

    /// <summary>The bytes, to be changed in place; good as long as <see cref="Bytes"/>.</summary>
    internal Span<byte> Content => new(_memory + _start, Length);

    /// <summary>Keeps so many bytes, the oldest.</summary>
    internal void Keep(int count) => _end = _start + count;

    /// <summary>Drops bytes from the front.</summary>
    internal void Remove(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    internal void Clear() => _start = _end = 0;

    public void Dispose()
    {
        Libc.Free(_memory);
        _memory = null;
        _size = _start = _end = 0;
    }

    private void Grow(int size)
    {
        byte* memory = Libc.Allocate(size);
        if (memory == null)
            throw new OutOfMemoryException();
        Bytes.CopyTo(new Span<byte>(memory, size));
        Libc.Free(_memory);
        _memory = memory;
        (_start, _end, _size) = (0, Length, size);
    }
}
