using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Shims.Buffers;

/// <summary>Copies bytes without a runtime or a C library.</summary>
internal static class SpanCopy
{
    /// <summary>Copies all of the source to the start of the destination, which must be long enough and elsewhere.</summary>
    /// <remarks>Span.CopyTo calls the C library's memmove for long spans. memmove is an IFUNC: its address is unresolved until the library has been initialised.</remarks>
    internal static void CopyInto(this scoped ReadOnlySpan<byte> source, scoped Span<byte> destination)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        nuint length = (nuint)source.Length, size = (nuint)Vector128<byte>.Count;
        if (length < size)
        {
            CopyFew(ref from, ref to, length);
            return;
        }
        for (nuint done = 0; length - done > size; done += size)
            Vector128.LoadUnsafe(ref from, done).StoreUnsafe(ref to, done);
        Vector128.LoadUnsafe(ref from, length - size).StoreUnsafe(ref to, length - size);
    }

    /// <summary>Copies the first and the last bytes in one piece each, which meet or overlap.</summary>
    private static void CopyFew(ref byte from, ref byte to, nuint length)
    {
        if (length >= sizeof(ulong))
            CopyEnds<ulong>(ref from, ref to, length - sizeof(ulong));
        else if (length >= sizeof(uint))
            CopyEnds<uint>(ref from, ref to, length - sizeof(uint));
        else
        {
            for (nuint done = 0; done < length; done++)
                Unsafe.Add(ref to, done) = Unsafe.Add(ref from, done);
        }
    }

    private static void CopyEnds<T>(ref byte from, ref byte to, nuint last) where T : unmanaged
    {
        T start = Unsafe.ReadUnaligned<T>(ref from), end = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref from, last));
        Unsafe.WriteUnaligned(ref to, start);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, last), end);
    }

    internal static void CopyInto(this scoped Span<byte> source, scoped Span<byte> destination) => CopyInto((ReadOnlySpan<byte>)source, destination);
}
