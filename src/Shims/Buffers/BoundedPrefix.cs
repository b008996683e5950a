namespace Shims.Buffers;

/// <summary>Keeps the beginning of a stream, and counts the rest.</summary>
/// <param name="bound">Bytes that are kept at the most.</param>
internal sealed class BoundedPrefix(int bound)
{
    private byte[] _kept = [];
    private int _length;

    /// <summary>The bytes that have been kept.</summary>
    internal ReadOnlySpan<byte> Bytes => _kept.AsSpan(0, _length);

    /// <summary>Bytes of the whole stream so far.</summary>
    internal long Total { get; private set; }

    internal void Add(ReadOnlySpan<byte> part)
    {
        Total += part.Length;
        part = part[..Math.Min(part.Length, bound - _length)];
        if (part.Length > _kept.Length - _length)
        {
            var larger = new byte[Math.Min(bound, Math.Max(2 * _kept.Length, _length + part.Length))];
            Bytes.CopyTo(larger);
            _kept = larger;
        }
        part.CopyTo(_kept.AsSpan(_length));
        _length += part.Length;
    }
}
