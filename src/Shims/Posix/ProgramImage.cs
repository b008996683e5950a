using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>The running program's own file, as the system has mapped it.</summary>
internal static unsafe partial class ProgramImage
{
    // elf(5), getauxval(3)
    private const nuint HeadersAt = 3, HeaderSize = 4, HeaderCount = 5;
    private const uint Load = 1, HeadersThemselves = 6, Writable = 2;

    /// <summary>
    /// Gives back all code and constants that are in memory: what of them is needed comes back from the system's cache when it is touched, 64 KB at a
    /// time, and the rest stays away. madvise(2), MADV_DONTNEED.
    /// </summary>
    internal static void Forget()
    {
        const nint doNotNeed = 4;
        nint pageSize = Environment.SystemPageSize;
        var headers = new ReadOnlySpan<SegmentHeader>((void*)getauxval(HeadersAt), sizeof(SegmentHeader) == (int)getauxval(HeaderSize) ? (int)getauxval(HeaderCount) : 0);
        nint start = 0;
        foreach (ref readonly SegmentHeader header in headers)
        {
            if (header.Type == HeadersThemselves)
                start = (nint)getauxval(HeadersAt) - header.Address;
            // What has been written to, be it only to relocate it, is nowhere else.
            if (header.Type != Load || (header.Rights & Writable) != 0 || start == 0)
                continue;
            nint begin = (start + header.Address) & -pageSize;
            Kernel.Call(SystemCall.AdviseMemory, begin, start + header.Address + header.Size - begin, doNotNeed);
        }
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nuint getauxval(nuint type);

    /// <summary>Elf64_Phdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct SegmentHeader
    {
        internal readonly uint Type, Rights;
        internal readonly nint Offset, Address, PhysicalAddress, FileSize, Size, Alignment;
    }
}
