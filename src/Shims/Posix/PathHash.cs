namespace Shims.Posix;

/// <summary>A number for a path or text; a cryptographic hash would bring in half a megabyte of library. FNV-1a (Fowler, Noll, Vo), 64 bits.</summary>
internal static class PathHash
{
    /// <summary>The number.</summary>
    internal static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte next in bytes)
            hash = (hash ^ next) * 0x100000001b3;
        return hash;
    }
}
