namespace Shims.Posix;

/// <summary>
/// The memory of one request: taken in one piece, handed out from its front, given back in one piece. Pointers into it may go to the kernel, as
/// nothing moves. Pages that are never written cost nothing.
/// </summary>
internal unsafe struct Arena
{
    private byte* _start;
    private int _size;
    private int _used;
    private bool _isMapped;

    /// <summary>Takes memory from the system.</summary>
    /// <returns>An arena that has room for nothing if there is none.</returns>
    internal static Arena Create(int size)
    {
        if (!BareProcess.IsBare)
        {
            byte* allocated = Libc.Allocate(size);
            return new Arena { _start = allocated, _size = allocated == null ? 0 : size };
        }
        fixed (byte* mapped = Kernel.Map(size))
            return new Arena { _start = mapped, _size = mapped == null ? 0 : size, _isMapped = true };
    }

    /// <summary>The number of bytes that can still be taken.</summary>
    internal readonly int Free => _size - _used;

    /// <summary>All that can still be taken, as scratch space: <see cref="Keep"/> what of it is to last.</summary>
    internal readonly Span<byte> Rest => new(_start + _used, Free);

    /// <summary>Takes the next bytes, aligned for pointers.</summary>
    /// <returns>An empty span if there are not so many.</returns>
    internal Span<byte> Take(int size)
    {
        _used = Math.Min(_size, (_used + 7) & ~7);
        if (size > Free)
            return default;
        var taken = new Span<byte>(_start + _used, size);
        _used += size;
        return taken;
    }

    /// <summary>Keeps the first bytes of <see cref="Rest"/>.</summary>
    internal void Keep(int size) => _used += size;

    /// <summary>Forgets what has been taken.</summary>
    internal void Clear() => _used = 0;

    internal void Release()
    {
        if (_isMapped)
            Kernel.Unmap(new Span<byte>(_start, _size));
        else
            Libc.Free(_start);
        this = default;
    }
}
