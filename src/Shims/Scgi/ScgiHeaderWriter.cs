using Shims.Buffers;
using Shims.Cgi;

namespace Shims.Scgi;

/// <summary>Writes the header of an SCGI request: what a web server sends before the body.</summary>
/// <remarks>Spec: SCGI section 3. What comes first in the block has to be CONTENT_LENGTH; that is the caller's business.</remarks>
internal static class ScgiHeaderWriter
{
    /// <summary>Bytes that the header takes.</summary>
    /// <param name="block"><c>NAME 00 VALUE 00 ...</c>, the form of <see cref="CgiVariables"/>.</param>
    internal static int SizeOf(ReadOnlySpan<byte> block) => DecimalDigits.Format(block.Length, stackalloc byte[20]).Length + 1 + block.Length + 1;

    /// <summary>Writes the block as one netstring.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> the block.</param>
    /// <param name="block">As for <see cref="SizeOf"/>.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(Span<byte> destination, ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> digits = DecimalDigits.Format(block.Length, stackalloc byte[20]);
        digits.CopyTo(destination);
        int length = digits.Length;
        destination[length++] = (byte)':';
        block.CopyTo(destination[length..]);
        length += block.Length;
        destination[length++] = (byte)',';
        return length;
    }
}
