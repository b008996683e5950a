namespace Shims.Tests;

/// <summary>Lengths at which something changes: one byte more or less of a length, an alignment, a record, a pipe.</summary>
internal static class Sizes
{
    internal static int[] Interesting { get; } =
        [0, 1, 2, 7, 8, 9, 15, 16, 99, 100, 126, 127, 128, 129, 255, 256, 257, 1023, 1024, 4095, 4096, 16383, 16384, 32767, 32768, 65527, 65528, 65529, 65534, 65535];
}
