using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Shims.Posix;

/// <summary>Copying bytes where there may be neither a runtime nor a C library.</summary>
internal static class SpanCopy
{
    /// <summary>Copies all of the source to the start of the destination, which must be long enough and elsewhere.</summary>
    /// <remarks>Span.CopyTo hands whatever is long to the C library's memmove, which is a jump into nothing until the library has chosen one for the processor at hand.</remarks>
    internal static void CopyInto(this scoped ReadOnlySpan<byte> source, scoped Span<byte> destination)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        nuint length = (nuint)source.Length, size = (nuint)Vector128<byte>.Count, done = 0;
        for (; length - done >= size; done += size)
            Vector128.LoadUnsafe(ref from, done).StoreUnsafe(ref to, done);
        for (; done < length; done++)
            Unsafe.Add(ref to, done) = Unsafe.Add(ref from, done);
    }

    internal static void CopyInto(this scoped Span<byte> source, scoped Span<byte> destination) => CopyInto((ReadOnlySpan<byte>)source, destination);
}
