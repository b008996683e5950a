using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>System calls by number, through the one function of the C library that works before the library has been set up: syscall(2).</summary>
/// <remarks>
/// Everything that <see cref="Early.ScgiExec"/> asks of the system goes through here, because it may run so early (<see cref="BareProcess"/>). The C library's own
/// functions of the same names would do as well in an ordinary program, and would do the same.
/// </remarks>
internal static unsafe partial class Kernel
{
    /// <summary>Makes a call. A failed one returns -1 and leaves its reason in <see cref="Libc.Errno"/>.</summary>
    /// <param name="number">Which: <see cref="SystemCall"/>.</param>
    internal static nint Call(nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0, nint sixth = 0) =>
        syscall(number, first, second, third, fourth, fifth, sixth);

    /// <summary>Fresh memory, all zero; pages cost nothing until they are touched. mmap(2), anonymous and private.</summary>
    /// <returns>An empty span if there is none, as for a negative size.</returns>
    internal static Span<byte> Map(int size)
    {
        const nint readAndWrite = 3, privateAnonymous = 0x22;
        nint start = size <= 0 ? -1 : Call(SystemCall.MapMemory, 0, size, readAndWrite, privateAnonymous, -1);
        return start == -1 ? default : new Span<byte>((void*)start, size);
    }

    /// <summary>Gives back what <see cref="Map"/> gave.</summary>
    internal static void Unmap(Span<byte> memory)
    {
        fixed (byte* start = memory)
            Call(SystemCall.UnmapMemory, (nint)start, memory.Length);
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);
}
