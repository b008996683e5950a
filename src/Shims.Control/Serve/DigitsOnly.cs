using System.Text;

namespace Shims.Control.Serve;

/// <summary>Makes Kestrel read Content-Length as digits only: RFC 9110 section 8.6. By itself it accepts a sign too, which other servers
/// refuse.</summary>
internal sealed class DigitsOnly : Encoding
{
    /// <summary>The number of digits of 2^63. Kestrel's buffer has room for one more.</summary>
    private const int MaxDigits = 19;

    /// <summary>Replaces every byte that is not a digit, so that the number is invalid.</summary>
    private const char NotADigit = '?';

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => count > MaxDigits ? 1 : count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        if (byteCount > MaxDigits)
        {
            chars[charIndex] = NotADigit;
            return 1;
        }
        for (int i = 0; i < byteCount; i++)
            chars[charIndex + i] = char.IsAsciiDigit((char)bytes[byteIndex + i]) ? (char)bytes[byteIndex + i] : NotADigit;
        return byteCount;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}
