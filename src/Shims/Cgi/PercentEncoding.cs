namespace Shims.Cgi;

/// <summary>Undoes the percent-encoding of a path. RFC 3986 section 2.1. Allocates and throws nothing.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes as far as it can be decoded: a percent sign without two hexadecimal digits stays what it is.</summary>
    /// <param name="encoded">The path as it was requested.</param>
    /// <param name="destination">At least as long as <paramref name="encoded"/>.</param>
    /// <returns>The part of the destination that was written.</returns>
    internal static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded, Span<byte> destination)
    {
        int written = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            byte next = encoded[i];
            if (next == (byte)'%' && i + 2 < encoded.Length && HexValue(encoded[i + 1]) is >= 0 and int high && HexValue(encoded[i + 2]) is >= 0 and int low)
            {
                next = (byte)(high << 4 | low);
                i += 2;
            }
            destination[written++] = next;
        }
        return destination[..written];
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
