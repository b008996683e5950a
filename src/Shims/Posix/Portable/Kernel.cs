using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>Memory that is all zero. There are no system calls by number in a portable build.</summary>
internal static unsafe class Kernel
{
    internal static Span<byte> Map(int size) => size <= 0 ? default : new Span<byte>(NativeMemory.AllocZeroed((nuint)size), size);

    /// <summary>Gives back what <see cref="Map"/> gave.</summary>
    internal static void Unmap(Span<byte> memory)
    {
        fixed (byte* start = memory)
            NativeMemory.Free(start);
    }
}
