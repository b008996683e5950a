using System.Text;

namespace Shims.Control.Serve;

/// <summary>How Kestrel is to read a Content-Length: digits and nothing else (RFC 9110 section 8.6). By itself it also takes a sign, which other servers refuse.</summary>
internal sealed class DigitsOnly : Encoding
{
    /// <summary>Kestrel's buffer for a number has room for one digit more than 2^63 has.</summary>
    private const int MaxDigits = 19;

    /// <summary>Stands in the place of what is not a number, so that it cannot be read as one.</summary>
    private const char NotADigit = '?';

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

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
