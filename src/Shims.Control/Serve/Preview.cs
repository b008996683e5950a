using Shims.Buffers;
using Shims.Control.Serve.Views;

namespace Shims.Control.Serve;

/// <summary>The start of a body, and the length of the whole.</summary>
/// <param name="capacity">The largest number of bytes that are kept.</param>
internal sealed class Preview(int capacity)
{
    private BoundedPrefix _kept = new(capacity);

    /// <summary>The length of the whole in bytes.</summary>
    internal long Length { get; private set; }

    /// <summary>The bytes that are kept.</summary>
    internal ReadOnlySpan<byte> Bytes => _kept.Bytes;

    /// <summary>Whether all bytes are kept.</summary>
    internal bool IsWhole => Bytes.Length == Length;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        _kept.Add(bytes);
    }

    /// <summary>Replaces the bytes that are kept.</summary>
    /// <param name="bytes">The start of the body, no longer than the capacity.</param>
    /// <param name="length">The length of the whole.</param>
    internal void Set(ReadOnlySpan<byte> bytes, long length) => Set(bytes, length, capacity);

    private void Set(ReadOnlySpan<byte> bytes, long length, int bound)
    {
        _kept = new BoundedPrefix(bound);
        _kept.Add(bytes);
        Length = length;
    }

    /// <summary>Forgets all but the first bytes.</summary>
    internal void Trim(int bound)
    {
        if (Bytes.Length > bound)
            Set(Bytes[..bound].ToArray(), Length, bound);
    }

    /// <summary>The bytes as text if they are text, else in hexadecimal.</summary>
    /// <param name="isText">Whether they are text.</param>
    internal string ToText(out bool isText)
    {
        string? text = BodyText.Of(Bytes, IsWhole);
        isText = text is not null;
        return text ?? HexDump.Of(Bytes);
    }
}
