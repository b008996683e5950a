namespace Shims.Buffers;

/// <summary>Keeps the end of a stream, and counts the rest.</summary>
/// <param name="bound">Bytes that are kept at the most.</param>
internal sealed class BoundedTail(int bound)
{
    private byte[] _bytes = [];

    /// <summary>The bytes that have been kept.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Bytes of the whole stream so far.</summary>
    internal long Total { get; private set; }

    internal void Add(ReadOnlySpan<byte> part)
    {
        Total += part.Length;
        byte[] all = [.. _bytes, .. part];
        _bytes = all.Length <= bound ? all : all[^bound..];
    }
}
