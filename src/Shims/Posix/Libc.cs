using System.Runtime.InteropServices;
using System.Text;

namespace Shims.Posix;

/// <summary>The C library, as far as a shim needs it: raw imports private, intent public to this assembly.</summary>
/// <remarks>
/// Code that runs before the .NET runtime calls only members that neither allocate on the managed heap nor throw, which EarlyCodeTests checks; those with strings, arrays or an
/// exception in their summary are for later. Imports are bound by the
/// linker (DirectPInvoke) and leave the garbage collector's mode alone (SuppressGCTransition): they return at once, except the few that
/// are named for waiting. A failed call returns -1 (or null) and leaves its reason in <see cref="Errno"/>.
/// Constants are those of Linux, which are the same on x86-64 and arm64 for everything used here.
/// </remarks>
internal static unsafe partial class Libc
{
    /// <summary>The error number of the last call of this thread that failed. errno(3).</summary>
    internal static int Errno => *__errno_location();

    /// <summary>True where the call would have had to wait. EAGAIN; Linux gives EWOULDBLOCK the same number.</summary>
    internal static bool WouldBlock => Errno == Posix.Errno.EAGAIN;

    /// <summary>Memory that no collector moves or counts; pages are committed as they are touched. malloc(3).</summary>
    /// <returns>Null if there is none, as for a negative size.</returns>
    internal static byte* Allocate(int size) => size < 0 ? null : (byte*)malloc((nuint)size);

    /// <summary>Allocates memory as a span. Give it back by the address of its first byte.</summary>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    internal static Span<byte> AllocateSpan(int size)
    {
        byte* start = Allocate(size);
        return start != null ? new Span<byte>(start, size) : throw new OutOfMemoryException();
    }

    internal static void Free(void* memory) => free(memory);

    /// <summary>The value of a variable of this process as text, which needs the runtime; null if it is not set or empty.</summary>
    internal static string? EnvironmentText(ReadOnlySpan<byte> nulTerminatedName)
    {
        byte* value = EnvironmentVariable(nulTerminatedName);
        return value == null || *value == 0 ? null : Encoding.UTF8.GetString(value, LengthOf(value));
    }

    /// <summary>Fills the span with random bytes. getrandom(2).</summary>
    internal static void Random(Span<byte> destination)
    {
        fixed (byte* start = destination)
            Kernel.Call(SystemCall.GetRandom, (nint)start, destination.Length);
    }

    /// <summary>Milliseconds on a clock that only goes forward. clock_gettime(2), CLOCK_MONOTONIC.</summary>
    internal static long Milliseconds()
    {
        const int monotonic = 1;
        long* time = stackalloc long[2];
        if (BareProcess.IsBare)
            Kernel.Call(SystemCall.GetTime, monotonic, (nint)time);
        else
            clock_gettime(monotonic, time);
        return time[0] * 1000 + time[1] / 1_000_000;
    }

    /// <summary>Milliseconds since 1970, UTC. clock_gettime(2), CLOCK_REALTIME.</summary>
    internal static long UnixMilliseconds()
    {
        const int realTime = 0;
        long* time = stackalloc long[2];
        clock_gettime(realTime, time);
        return time[0] * 1000 + time[1] / 1_000_000;
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int* __errno_location();

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial void* malloc(nuint size);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial void free(void* memory);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int clock_gettime(int clock, long* time);
}
