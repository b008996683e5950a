namespace Shims.Buffers;

/// <summary>Writes numbers as digits, with no culture and no allocation.</summary>
internal static class DecimalDigits
{
    /// <param name="value">Not negative.</param>
    /// <param name="destination">At least 20 bytes.</param>
    /// <returns>The digits, at the end of the destination.</returns>
    internal static ReadOnlySpan<byte> Format(long value, Span<byte> destination)
    {
        int start = destination.Length;
        do
        {
            destination[--start] = (byte)('0' + value % 10);
            value /= 10;
        }
        while (value != 0);
        return destination[start..];
    }
}
