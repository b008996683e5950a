using System.Text;

namespace Shims.Control.Serve.Views;

/// <summary>Bytes in hexadecimal and as characters, in lines that fit a narrow window.</summary>
/// <remarks><code>
///   0000  89 50 4e 47 0d 0a 1a 0a  .PNG....
/// </code></remarks>
internal static class HexDump
{
    /// <summary>The number of bytes that are shown: 512 lines.</summary>
    internal const int MaxBytes = 4096;

    private const int BytesOfALine = 8;

    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxBytes)];
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
