using System.Text;
using Shims.Buffers;

namespace Shims.Control.Serve;

/// <summary>The start of a body, and the length of the whole.</summary>
/// <param name="capacity">The largest number of bytes that are kept.</param>
internal sealed class Preview(int capacity)
{
    private const int BytesOfADump = 512, BytesOfALine = 16;

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
    internal void Set(ReadOnlySpan<byte> bytes, long length)
    {
        _kept = new BoundedPrefix(capacity);
        _kept.Add(bytes);
        Length = length;
    }

    /// <summary>The bytes as text if they are text, else in hexadecimal.</summary>
    /// <param name="isText">Whether they are text.</param>
    internal string ToText(out bool isText)
    {
        // The last character may be incomplete.
        ReadOnlySpan<byte> text = Bytes;
        for (int cut = 0; !IsWhole && cut < 3 && text.Length > 0 && !IsText(text); cut++)
            text = text[..^1];
        isText = IsText(text);
        return isText ? Encoding.UTF8.GetString(text) : Dump(Bytes[..Math.Min(Bytes.Length, BytesOfADump)]);
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.ContainsAny("\0\u0001\u0002\u0003\u0004\u0005\u0006\u000e\u000f"u8);

    private static string Dump(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (int start = 0; start < bytes.Length; start += BytesOfALine)
        {
            ReadOnlySpan<byte> line = bytes.Slice(start, Math.Min(BytesOfALine, bytes.Length - start));
            text.Append($"{start:x4}  ");
            foreach (byte next in line)
                text.Append($"{next:x2} ");
            text.Append(' ', 3 * (BytesOfALine - line.Length) + 1);
            foreach (byte next in line)
                text.Append(next is >= 0x20 and < 0x7f ? (char)next : '.');
            text.Append('\n');
        }
        return text.ToString();
    }
}
