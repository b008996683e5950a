using Shims.Diagnostics;

namespace Shims.Gateway;

/// <summary>The end of what a script wrote to its standard error, kept to explain a failure.</summary>
/// <param name="bound">Bytes that are kept at the most.</param>
internal sealed class ErrorTail(int bound)
{
    private byte[] _bytes = [];

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Bytes that it wrote in all.</summary>
    internal long Total { get; private set; }

    /// <summary>Its last lines as one; null if it wrote nothing.</summary>
    internal string? LastLines
    {
        get
        {
            ReadOnlySpan<byte> text = _bytes.AsSpan().Trim(" \t\r\n"u8);
            return text.IsEmpty ? null : PrintableText.Of(text);
        }
    }

    internal void Add(ReadOnlySpan<byte> lines)
    {
        Total += lines.Length;
        byte[] all = [.. _bytes, .. lines];
        _bytes = all.Length <= bound ? all : all[^bound..];
    }
}
