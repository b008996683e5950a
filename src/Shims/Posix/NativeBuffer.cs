namespace Shims.Posix;

/// <summary>A queue of bytes with a fixed bound, outside the managed heap: the kernel writes at its end and reads at its front.</summary>
internal sealed unsafe class NativeBuffer(int capacity) : IDisposable
{
    private byte* _memory = AllocateOrThrow(capacity);
    private int _start;
    private int _end;

    internal int Length => _end - _start;

    internal bool IsEmpty => _start == _end;

    /// <summary>How many bytes can still be added.</summary>
    internal int Free => capacity - Length;

    /// <summary>The bytes, oldest first; good until the next call that adds.</summary>
    internal ReadOnlySpan<byte> Bytes => new(_memory + _start, Length);

    /// <summary>Room for the next bytes, all of it in one piece: fill it from the front, then <see cref="Added"/>.</summary>
    internal Span<byte> Room
    {
        get
        {
            if (_start > 0)
            {
                Bytes.CopyTo(new Span<byte>(_memory, capacity));
                (_start, _end) = (0, Length);
            }
            return new Span<byte>(_memory + _end, capacity - _end);
        }
    }

    internal void Added(int count) => _end += count;

    /// <summary>Adds what fits.</summary>
    /// <returns>How many bytes that was.</returns>
    internal int Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Room;
        int count = Math.Min(room.Length, bytes.Length);
        bytes[..count].CopyTo(room);
        _end += count;
        return count;
    }

    /// <summary>Room for so many bytes, whatever the bound: for what cannot wait and is small.</summary>
    internal Span<byte> RoomFor(int count)
    {
        if (Free < count)
        {
            int larger = Math.Max(2 * capacity, Length + count);
            byte* memory = AllocateOrThrow(larger);
            Bytes.CopyTo(new Span<byte>(memory, larger));
            Libc.Free(_memory);
            (_start, _end, capacity) = (0, Length, larger);
            _memory = memory;
        }
        return Room;
    }

    /// <summary>Drops bytes from the front.</summary>
    internal void Remove(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    internal void Clear() => _start = _end = 0;

    private static byte* AllocateOrThrow(int size)
    {
        byte* memory = Libc.Allocate((nuint)size);
        return memory != null ? memory : throw new OutOfMemoryException();
    }

    public void Dispose()
    {
        Libc.Free(_memory);
        _memory = null;
        _start = _end = 0;
    }
}
