namespace Shims.Tests;

/// <summary>A copy of some bytes between others. What is read from it must not depend on those around it.</summary>
internal static class Surrounded
{
    private const int Margin = 64;

    /// <summary>The bytes, with a margin of one and the same byte before and after them in memory.</summary>
    internal static ReadOnlySpan<byte> By(byte neighbour, ReadOnlySpan<byte> bytes)
    {
        var memory = new byte[bytes.Length + 2 * Margin];
        Array.Fill(memory, neighbour);
        bytes.CopyTo(memory.AsSpan(Margin));
        return memory.AsSpan(Margin, bytes.Length);
    }
}
