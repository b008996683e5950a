using Shims.Diagnostics;

namespace Shims.Gateway;

/// <summary>The end of what a script wrote to its standard error, kept to explain a failure.</summary>
internal sealed class ErrorTail
{
    private byte[] _bytes = [];

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
        byte[] all = [.. _bytes, .. lines];
        _bytes = all.Length <= Limits.ErrorTail ? all : all[^Limits.ErrorTail..];
    }
}
