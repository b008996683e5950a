using System.Runtime.InteropServices;

namespace Shims.Posix;

// Sockets that this program opens itself, to listen.
internal static unsafe partial class Libc
{
    /// <summary>Connections that may wait to be accepted. The kernel takes the least of this and net.core.somaxconn.</summary>
    private const int LongestBacklog = 4096;

    /// <summary>A stream socket of our own, close-on-exec, on which accepting does not wait. socket(2).</summary>
    internal static int CreateSocket(int family) => (int)Kernel.Call(SystemCall.Socket, family, Flags.SOCK_STREAM | Flags.SOCK_CLOEXEC | Flags.SOCK_NONBLOCK);

    /// <summary>Gives a socket its name. bind(2).</summary>
    internal static bool Bind(int socket, ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
            return bind(socket, start, (uint)name.Length) == 0;
    }

    /// <summary>Gives a unix socket its path, with a file of exactly this mode. fchmod(2) of the socket counts for it, but for the umask. unix(7).</summary>
    internal static bool BindPath(int socket, ReadOnlySpan<byte> name, uint mode)
    {
        fchmod(socket, mode);
        uint mask = umask(0);
        bool isBound = Bind(socket, name);
        umask(mask); // never fails, so the reason of bind stays
        return isBound;
    }

    /// <summary>Lets clients connect. listen(2).</summary>
    internal static bool Listen(int socket) => listen(socket, LongestBacklog) == 0;

    /// <summary>A port may be bound though connections of a process that has ended still linger on it. socket(7), SO_REUSEADDR.</summary>
    internal static void ReuseAddress(int socket)
    {
        int on = 1;
        setsockopt(socket, Flags.SOL_SOCKET, Flags.SO_REUSEADDR, &on, sizeof(int));
    }

    /// <summary>An IPv6 socket at :: takes IPv4 connections too, whatever net.ipv6.bindv6only says. ipv6(7), IPV6_V6ONLY.</summary>
    internal static void TakeBothVersions(int socket)
    {
        int off = 0;
        setsockopt(socket, Flags.IPPROTO_IPV6, Flags.IPV6_V6ONLY, &off, sizeof(int));
    }

    /// <summary>Refuses clients of a unix socket from now on. Those that have connected still wait to be accepted. shutdown(2); the kernel looks at it under the lock by which it queues them.</summary>
    internal static void RefuseByPath(int listener) => shutdown(listener, Flags.SHUT_RD);

    /// <summary>
    /// Drops the first packet of each new TCP connection from now on, so that its client tries again in a second. A connection that has begun is finished, and waits to be
    /// accepted. shutdown(2) would reset those. socket(7), SO_ATTACH_FILTER; where a sandbox has no filters, nothing is dropped.
    /// </summary>
    internal static void RefuseByPacket(int listener)
    {
        const ulong loadByte = 0x30, maskBy = 0x54, jumpIfEqual = 0x15, give = 0x06;
        const ulong flagsOfHeader = 13, syn = 2, synAndAck = 0x12, elseOver = 1ul << 24, everything = uint.MaxValue;
        // struct sock_filter: code (2 bytes), instructions to skip if true and if false (1 byte each), value. TCP: RFC 9293 section 3.1.
        ulong* filter = stackalloc ulong[5]
        {
            loadByte | flagsOfHeader << 32, maskBy | synAndAck << 32, jumpIfEqual | elseOver | syn << 32, give, give | everything << 32,
        };
        // struct sock_fprog: their number, and where they are.
        nint* program = stackalloc nint[2] { 5, (nint)filter };
        setsockopt(listener, Flags.SOL_SOCKET, Flags.SO_ATTACH_FILTER, (int*)program, (uint)(2 * sizeof(nint)));
    }

    /// <summary>Closes a descriptor and makes its number name another open file, in one step; close-on-exec. dup3(2).</summary>
    internal static void Replace(int descriptor, int source) => Kernel.Call(SystemCall.Duplicate, source, descriptor, Flags.O_CLOEXEC);

    /// <summary>Locks an open file or directory against other processes that do the same, until it is closed, if none has. flock(2).</summary>
    internal static bool TryLock(int descriptor)
    {
        const int exclusive = 2, withoutWaiting = 4;
        return flock(descriptor, exclusive | withoutWaiting) == 0;
    }

    /// <summary>Sets the mode of a file. chmod(2).</summary>
    internal static bool SetMode(ReadOnlySpan<byte> nulTerminatedPath, uint mode)
    {
        fixed (byte* path = nulTerminatedPath)
            return chmod(path, mode) == 0;
    }

    /// <summary>Takes a variable out of our own environment, which the programs that we start would inherit. unsetenv(3).</summary>
    internal static void RemoveEnvironmentVariable(ReadOnlySpan<byte> nulTerminatedName)
    {
        fixed (byte* name = nulTerminatedName)
            unsetenv(name);
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int bind(int socket, byte* name, uint length);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int listen(int socket, int backlog);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int flock(int descriptor, int operation);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int fchmod(int descriptor, uint mode);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial uint umask(uint mask);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int unsetenv(byte* name);
}
