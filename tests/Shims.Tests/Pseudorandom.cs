namespace Shims.Tests;

/// <summary>Numbers that are the same on every run and every machine, whatever becomes of System.Random: xorshift64* (Marsaglia; Vigna).</summary>
internal sealed class Pseudorandom(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15 | 1;

    /// <summary>A number from 0 to below the bound.</summary>
    internal int Below(int bound) => (int)(Next() % (ulong)bound);

    internal byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)Next();
        return bytes;
    }

    internal ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545F4914F6CDD1D >> 16;
    }
}
