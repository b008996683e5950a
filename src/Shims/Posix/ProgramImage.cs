using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>The running program's own file, as the system has mapped it.</summary>
internal static unsafe class ProgramImage
{
    // elf(5), elf.h
    private const nuint HeadersAt = 3, HeaderSize = 4, HeaderCount = 5;
    private const uint Load = 1, HeadersThemselves = 6, Writable = 2;

    /// <summary>
    /// Gives back the code and constants that are in memory: what of them is needed comes back from the system's cache when it is touched, 64 KB at a time, and
    /// the rest stays away. Does nothing without /proc.
    /// </summary>
    internal static void Forget()
    {
        int map = Libc.Open("/proc/self/pagemap\0"u8, Flags.O_RDONLY);
        if (map < 0)
            return;
        var headers = new ReadOnlySpan<SegmentHeader>((void*)Libc.AuxiliaryValue(HeadersAt), sizeof(SegmentHeader) == (int)Libc.AuxiliaryValue(HeaderSize) ? (int)Libc.AuxiliaryValue(HeaderCount) : 0);
        nint start = 0;
        foreach (ref readonly SegmentHeader header in headers)
        {
            if (header.Type == HeadersThemselves)
                start = (nint)Libc.AuxiliaryValue(HeadersAt) - header.Address;
            else if (header.Type == Load && (header.Rights & Writable) == 0 && start != 0)
                Forget(map, start + header.Address, start + header.Address + header.Size);
        }
        Libc.Close(map);
    }

    /// <summary>Gives back those pages that are as the file has them. The runtime has written to a few constants, and that is nowhere else.</summary>
    private static void Forget(int map, nint begin, nint end)
    {
        Span<ulong> pages = stackalloc ulong[512];
        nint size = Environment.SystemPageSize, from = begin & -size;
        for (nint next = from; next < end;)
        {
            Span<ulong> part = pages[..(int)Math.Min(pages.Length, (end - next + size - 1) / size)];
            if (Libc.ReadAt(map, MemoryMarshal.AsBytes(part), next / size * sizeof(ulong)) != part.Length * sizeof(ulong))
                return;
            foreach (ulong page in part)
            {
                next += size;
                if (!IsWritten(page))
                    continue;
                Forget(from, next - size);
                from = next;
            }
        }
        Forget(from, (end + size - 1) & -size);
    }

    /// <summary>madvise(2), MADV_DONTNEED.</summary>
    private static void Forget(nint begin, nint end)
    {
        const nint doNotNeed = 4;
        if (begin < end)
            Kernel.Call(SystemCall.AdviseMemory, begin, end - begin, doNotNeed);
    }

    /// <summary>Whether a page is there, in memory or swapped out, and no page of a file. proc_pid_pagemap(5).</summary>
    private static bool IsWritten(ulong page)
    {
        const ulong present = 1UL << 63, swapped = 1UL << 62, ofFile = 1UL << 61;
        return (page & (present | swapped)) != 0 && (page & ofFile) == 0;
    }

    /// <summary>Elf64_Phdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct SegmentHeader
    {
        internal readonly uint Type, Rights;
        internal readonly nint Offset, Address, PhysicalAddress, FileSize, Size, Alignment;
    }
}
