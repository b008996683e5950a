using System.Runtime.InteropServices;

namespace Shims.Posix;

// Sockets. Connections are never switched to non-blocking, because a script may share them: each call says MSG_DONTWAIT instead.
internal static unsafe partial class Libc
{
    /// <summary>Takes what has arrived, without waiting. recv(2).</summary>
    internal static nint Receive(int socket, Span<byte> buffer) => Receive(socket, buffer, Flags.MSG_DONTWAIT);

    /// <summary>Looks at what has arrived and leaves it there. recv(2), MSG_PEEK.</summary>
    internal static nint Peek(int socket, Span<byte> buffer) => Receive(socket, buffer, Flags.MSG_DONTWAIT | Flags.MSG_PEEK);

    /// <summary>Sends what fits, without waiting and without a signal if the peer has gone. send(2).</summary>
    /// <param name="isMoreToCome">True if to wait for what follows if that fills a packet. MSG_MORE.</param>
    internal static nint Send(int socket, ReadOnlySpan<byte> bytes, bool isMoreToCome = false)
    {
        int flags = Flags.MSG_DONTWAIT | Flags.MSG_NOSIGNAL | (isMoreToCome ? Flags.MSG_MORE : 0);
        fixed (byte* start = bytes)
        {
            nint count;
            do
                count = Kernel.Call(SystemCall.SendTo, socket, (nint)start, bytes.Length, flags);
            while (count < 0 && Errno == Posix.Errno.EINTR);
            return count;
        }
    }

    /// <summary>The next connection, close-on-exec. accept4(2).</summary>
    internal static int Accept(int listener) => accept4(listener, null, null, Flags.SOCK_CLOEXEC);

    internal static int Connect(int family, int type, ReadOnlySpan<byte> address)
    {
        int descriptor = (int)Kernel.Call(SystemCall.Socket, family, type | Flags.SOCK_CLOEXEC);
        if (descriptor < 0)
            return -1;
        fixed (byte* start = address)
        {
            if (Kernel.Call(SystemCall.Connect, descriptor, (nint)start, address.Length) == 0)
                return descriptor;
        }
        Close(descriptor);
        return -1;
    }

    /// <summary>Two sockets that talk to each other. socketpair(2).</summary>
    internal static bool CreateSocketPair(out int first, out int second)
    {
        int* ends = stackalloc int[2];
        bool created = socketpair(Flags.AF_UNIX, Flags.SOCK_STREAM | Flags.SOCK_CLOEXEC, 0, ends) == 0;
        (first, second) = created ? (ends[0], ends[1]) : (-1, -1);
        return created;
    }

    internal static void ShutdownWriting(int socket) => shutdown(socket, Flags.SHUT_WR);

    internal static void ShutdownBoth(int socket) => shutdown(socket, Flags.SHUT_RDWR);

    /// <summary>An integer option of a socket, or null if the descriptor is not a socket. getsockopt(2).</summary>
    internal static int? SocketOption(int socket, int option)
    {
        int value;
        uint size = sizeof(int);
        return Kernel.Call(SystemCall.GetSocketOption, socket, Flags.SOL_SOCKET, option, (nint)(&value), (nint)(&size)) == 0 ? value : null;
    }

    /// <summary>The address of the socket itself: a struct sockaddr. getsockname(2).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="address">Room for it.</param>
    /// <param name="length">Bytes of it: 2, for the family alone, if a unix socket has no name.</param>
    /// <returns>False if it is not a socket.</returns>
    internal static bool TryGetName(int socket, Span<byte> address, out int length)
    {
        uint size = (uint)address.Length;
        fixed (byte* start = address)
        {
            bool isSocket = getsockname(socket, start, &size) == 0;
            length = (int)Math.Min(size, (uint)address.Length);
            return isSocket;
        }
    }

    /// <summary>The address of the peer: a struct sockaddr. getpeername(2).</summary>
    internal static bool TryGetPeer(int socket, Span<byte> address)
    {
        uint size = (uint)address.Length;
        fixed (byte* start = address)
            return getpeername(socket, start, &size) == 0;
    }

    /// <summary>True if the socket is an end of a pair, socketpair(2), or another unix socket that was never given a name.</summary>
    internal static bool IsUnnamed(int socket)
    {
        const int familyOnly = 2;
        byte* name = stackalloc byte[128];
        uint size = 128;
        return getsockname(socket, name, &size) == 0 && *(ushort*)name == Flags.AF_UNIX && size <= familyOnly;
    }

    /// <summary>The process and the user that connected over a unix socket. unix(7), SO_PEERCRED.</summary>
    internal static bool TryGetPeerCredentials(int socket, out int process, out uint user)
    {
        // struct ucred: process, user, group
        int* credentials = stackalloc int[3];
        uint size = 3 * sizeof(int);
        bool isKnown = Kernel.Call(SystemCall.GetSocketOption, socket, Flags.SOL_SOCKET, Flags.SO_PEERCRED, (nint)credentials, (nint)(&size)) == 0;
        (process, user) = isKnown ? (credentials[0], (uint)credentials[1]) : (0, 0);
        return isKnown;
    }

    /// <summary>Writes an address as people write it. inet_ntop(3).</summary>
    /// <param name="text">At least 46 bytes.</param>
    /// <returns>The length of the text.</returns>
    internal static int FormatAddress(int family, ReadOnlySpan<byte> address, Span<byte> text)
    {
        fixed (byte* from = address, into = text)
            return inet_ntop(family, from, into, (uint)text.Length) == null ? 0 : LengthOf(into);
    }

    /// <summary>Reads an address as people write it. inet_pton(3).</summary>
    internal static bool TryParseAddress(int family, ReadOnlySpan<byte> nulTerminatedText, Span<byte> address)
    {
        fixed (byte* text = nulTerminatedText, into = address)
            return inet_pton(family, text, into) == 1;
    }

    /// <summary>Makes the coming close of a TCP connection a reset instead of an orderly end. socket(7), SO_LINGER.</summary>
    internal static void ResetOnClose(int socket)
    {
        int* onForZeroSeconds = stackalloc int[2] { 1, 0 };
        setsockopt(socket, Flags.SOL_SOCKET, Flags.SO_LINGER, onForZeroSeconds, 2 * sizeof(int));
    }

    /// <summary>Small pieces leave at once. tcp(7), TCP_NODELAY; other sockets do so anyway, and refuse.</summary>
    internal static void SetNoDelay(int socket)
    {
        int on = 1;
        setsockopt(socket, Flags.IPPROTO_TCP, Flags.TCP_NODELAY, &on, sizeof(int));
    }

    /// <summary>
    /// Lets the kernel ask a silent peer whether it is still there, after a minute and then three times in a minute; one that does not say so has gone. tcp(7). A listening
    /// socket passes this on to the connections that are accepted from it. Other sockets need no such question, and refuse.
    /// </summary>
    internal static void KeepAlive(int socket)
    {
        int on = 1, idle = 60, interval = 20, count = 3;
        if (setsockopt(socket, Flags.IPPROTO_TCP, Flags.TCP_KEEPIDLE, &idle, sizeof(int)) < 0)
            return;
        setsockopt(socket, Flags.IPPROTO_TCP, Flags.TCP_KEEPINTVL, &interval, sizeof(int));
        setsockopt(socket, Flags.IPPROTO_TCP, Flags.TCP_KEEPCNT, &count, sizeof(int));
        setsockopt(socket, Flags.SOL_SOCKET, Flags.SO_KEEPALIVE, &on, sizeof(int));
    }

    /// <summary>Bytes that have been sent and that the peer has not taken, as the kernel counts them. ioctl(2), SIOCOUTQ.</summary>
    internal static int Untaken(int socket)
    {
        const nint siocOutQ = 0x5411;
        int count = 0;
        return Kernel.Call(SystemCall.InputOutputControl, socket, siocOutQ, (nint)(&count)) == 0 ? count : 0;
    }

    private static nint Receive(int socket, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
                count = Kernel.Call(SystemCall.ReceiveFrom, socket, (nint)start, buffer.Length, flags);
            while (count < 0 && Errno == Posix.Errno.EINTR);
            return count;
        }
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int accept4(int socket, byte* address, uint* length, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int shutdown(int socket, int how);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int getpeername(int socket, byte* address, uint* length);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int getsockname(int socket, byte* address, uint* length);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int inet_pton(int family, byte* text, byte* address);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* inet_ntop(int family, byte* address, byte* text, uint size);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int setsockopt(int socket, int level, int option, int* value, uint size);
}
