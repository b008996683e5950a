using System.Runtime.InteropServices;

namespace Shims.Posix;

// How much this process may have.
internal static unsafe partial class Libc
{
    /// <summary>The number of descriptors that this process may have open. getrlimit(2), RLIMIT_NOFILE.</summary>
    internal static int DescriptorLimit
    {
        get
        {
            ulong* limit = stackalloc ulong[2];
            return getrlimit(Flags.RLIMIT_NOFILE, limit) == 0 ? (int)Math.Min(limit[0], int.MaxValue) : 1024;
        }
    }

    /// <summary>Bytes of address space that this process may have, or -1 if there is no limit. prlimit(2), RLIMIT_AS.</summary>
    internal static long AddressSpaceLimit => EarlyLimit(Flags.RLIMIT_AS);

    /// <summary>The same as <see cref="DescriptorLimit"/> before the C library has started; -1 if there is no limit.</summary>
    internal static long EarlyDescriptorLimit => EarlyLimit(Flags.RLIMIT_NOFILE);

    private static long EarlyLimit(int resource)
    {
        ulong* limit = stackalloc ulong[2];
        bool isKnown = Kernel.Call(SystemCall.ResourceLimit, 0, resource, 0, (nint)limit) == 0;
        return isKnown && limit[0] <= long.MaxValue ? (long)limit[0] : -1;
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int getrlimit(int resource, ulong* limit);
}
