using System.Globalization;

namespace Shims.Gateway.Serving;

/// <summary>A number of bytes as an option has it: 4096, 64K, 10M, 2G.</summary>
internal static class ByteSize
{
    internal static bool TryRead(string text, out long value)
    {
        int shift = text.Length == 0 ? 0 : text[^1] switch { 'K' or 'k' => 10, 'M' or 'm' => 20, 'G' or 'g' => 30, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        bool isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= long.MaxValue >> shift;
        value <<= shift;
        return isNumber;
    }
}
