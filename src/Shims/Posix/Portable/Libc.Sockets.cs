using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shims.Posix;

// Sockets. Connections are never switched to non-blocking, because a script may share them: each call says that it does not wait.
internal static unsafe partial class Libc
{
    private const int WithoutWaiting = 0x1000, PeekOnly = 2, LongestBacklog = 4096, Stream = 1, Datagram = 2, Tcp = 6;
    private const int SocketLevel = 0xFFFF, IPv6Level = 41, KeepAliveName = 8, NoDelayName = 1, IPv6OnlyName = 27, KeepAliveTime = 3, KeepAliveInterval = 17, KeepAliveCount = 16;

    /// <summary>Takes what has arrived, without waiting.</summary>
    internal static nint Receive(int socket, Span<byte> buffer) => Receive(socket, buffer, WithoutWaiting);

    /// <summary>Looks at what has arrived and leaves it there.</summary>
    internal static nint Peek(int socket, Span<byte> buffer) => Receive(socket, buffer, WithoutWaiting | PeekOnly);

    /// <summary>Sends what fits, without waiting and without a signal if the peer has gone.</summary>
    /// <param name="isMoreToCome">Not passed on.</param>
    internal static nint Send(int socket, ReadOnlySpan<byte> bytes, bool isMoreToCome = false)
    {
        int count = 0;
        fixed (byte* start = bytes)
        {
            int error = SystemNative.Send(socket, start, bytes.Length, WithoutWaiting, &count);
            return error == 0 ? count : Fail(error);
        }
    }

    /// <summary>The next connection, close-on-exec.</summary>
    internal static int Accept(int listener)
    {
        byte* address = stackalloc byte[SocketAddress.Largest];
        int length = SocketAddress.Largest;
        nint connection = -1;
        int error = SystemNative.Accept(listener, address, &length, &connection);
        if (error != 0)
            return Fail(error);
        SetCloseOnExec((int)connection);
        // Where a connection inherits this from its listener.
        SetNonBlocking((int)connection, false);
        return (int)connection;
    }

    /// <summary>A stream socket of our own, close-on-exec, on which accepting does not wait.</summary>
    internal static int CreateSocket(int family) => CreateSocket(family, Flags.SOCK_STREAM | Flags.SOCK_NONBLOCK);

    internal static int Connect(int family, int type, ReadOnlySpan<byte> address)
    {
        int descriptor = CreateSocket(family, type);
        if (descriptor < 0)
            return -1;
        byte* native = stackalloc byte[SocketAddress.Largest];
        int error = SystemNative.Connect(descriptor, native, SocketAddress.Write(address, native));
        if (error == 0)
            return descriptor;
        Close(descriptor);
        return Fail(error);
    }

    /// <summary>Two sockets that talk to each other, by way of a path that is gone when this returns.</summary>
    internal static bool CreateSocketPair(out int first, out int second)
    {
        (first, second) = (-1, -1);
        Span<byte> random = stackalloc byte[8];
        Random(random);
        byte[] path = Encoding.ASCII.GetBytes($"/tmp/shims-{Convert.ToHexStringLower(random)}\0");
        byte[] name = SocketName.OfPath(path.AsSpan()[..^1])!;
        int listener = CreateSocket(Flags.AF_UNIX, Flags.SOCK_STREAM);
        bool isReady = listener >= 0 && BindPath(listener, name, 0x180 /* 0600 */) && Listen(listener);
        if (isReady && (first = Connect(Flags.AF_UNIX, Flags.SOCK_STREAM, name)) >= 0)
            second = Accept(listener);
        int reason = Errno;
        Unlink(path);
        Close(listener);
        if (second >= 0)
            return true;
        Close(first);
        first = -1;
        Fail(reason);
        return false;
    }

    internal static void ShutdownWriting(int socket) => SystemNative.Shutdown(socket, Flags.SHUT_WR);

    internal static void ShutdownBoth(int socket) => SystemNative.Shutdown(socket, Flags.SHUT_RDWR);

    /// <summary>What kind of socket it is, or null if the descriptor is not a socket.</summary>
    /// <param name="option"><see cref="Flags.SO_ACCEPTCONN"/> or <see cref="Flags.SO_DOMAIN"/>.</param>
    internal static int? SocketOption(int socket, int option)
    {
        Span<byte> name = stackalloc byte[128];
        if (!TryGetName(socket, name, out _))
            return null;
        int family, type, protocol, isListening = 0;
        if (option == Flags.SO_DOMAIN)
            return SocketName.FamilyOf(name);
        return SystemNative.GetSocketType(socket, &family, &type, &protocol, &isListening) == 0 && isListening != 0 ? 1 : 0;
    }

    /// <summary>The name of the socket itself.</summary>
    /// <param name="address">Room for it.</param>
    /// <param name="length">Bytes of it: 2, for the family alone, if a unix socket has no name.</param>
    /// <returns>False if it is not a socket.</returns>
    internal static bool TryGetName(int socket, Span<byte> address, out int length)
    {
        byte* native = stackalloc byte[SocketAddress.Largest];
        int size = SocketAddress.Largest, error = SystemNative.GetSockName(socket, native, &size);
        length = error == 0 ? SocketAddress.Read(native, size, address) : 0;
        return error == 0 || Fail(error) == 0;
    }

    /// <summary>The name of the peer.</summary>
    internal static bool TryGetPeer(int socket, Span<byte> address)
    {
        byte* native = stackalloc byte[SocketAddress.Largest];
        int size = SocketAddress.Largest, error = SystemNative.GetPeerName(socket, native, &size);
        if (error == 0)
            SocketAddress.Read(native, size, address);
        return error == 0 || Fail(error) == 0;
    }

    /// <summary>True if the socket is an end of a pair, or another unix socket that was never given a name.</summary>
    internal static bool IsUnnamed(int socket)
    {
        const int familyOnly = 2;
        Span<byte> name = stackalloc byte[128];
        return TryGetName(socket, name, out int length) && SocketName.FamilyOf(name) == Flags.AF_UNIX && length <= familyOnly;
    }

    /// <summary>The user that connected over a unix socket. The process is not known, and 0.</summary>
    internal static bool TryGetPeerCredentials(int socket, out int process, out uint user)
    {
        uint found = 0;
        bool isKnown = Checked(SystemNative.GetPeerID(socket, &found)) == 0;
        (process, user) = (0, found);
        return isKnown;
    }

    /// <summary>Writes an address as people write it.</summary>
    /// <param name="text">At least 46 bytes.</param>
    /// <returns>The length of the text.</returns>
    internal static int FormatAddress(int family, ReadOnlySpan<byte> address, Span<byte> text) =>
        new IPAddress(address[..(family == Flags.AF_INET ? 4 : SocketName.AddressSize)]).TryFormat(text, out int length) ? length : 0;

    /// <summary>Reads an address as people write it.</summary>
    internal static bool TryParseAddress(int family, ReadOnlySpan<byte> nulTerminatedText, Span<byte> address)
    {
        string text = TextOf(nulTerminatedText);
        // Four numbers, or what has no brackets, port or scope: .NET takes more than that.
        bool isForm = family == Flags.AF_INET ? text.Count(static character => character == '.') == 3 : text.AsSpan().IndexOfAny('[', ']', '%') < 0;
        return isForm && IPAddress.TryParse(text, out IPAddress? parsed) && parsed.AddressFamily == (family == Flags.AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
            && (family != Flags.AF_INET || parsed.ToString() == text) && parsed.TryWriteBytes(address, out _);
    }

    /// <summary>Makes the coming close of a TCP connection a reset instead of an orderly end.</summary>
    internal static void ResetOnClose(int socket)
    {
        var atOnce = new SystemNative.Linger { IsOn = 1 };
        SystemNative.SetLingerOption(socket, &atOnce);
    }

    /// <summary>Small pieces leave at once; other sockets than those of TCP do so anyway, and refuse.</summary>
    internal static void SetNoDelay(int socket) => SetOption(socket, Tcp, NoDelayName, 1);

    /// <summary>Lets the system ask a silent peer whether it is still there, after a minute and then three times in a minute.</summary>
    internal static void KeepAlive(int socket)
    {
        if (SetOption(socket, Tcp, KeepAliveTime, 60) != 0)
            return;
        SetOption(socket, Tcp, KeepAliveInterval, 20);
        SetOption(socket, Tcp, KeepAliveCount, 3);
        SetOption(socket, SocketLevel, KeepAliveName, 1);
    }

    /// <summary>Bytes that have been sent and that the peer has not taken: not known.</summary>
    internal static int Untaken(int socket) => 0;

    /// <summary>Gives a socket its name. A TCP port may be bound though connections of a process that has ended still linger on it.</summary>
    internal static bool Bind(int socket, ReadOnlySpan<byte> name)
    {
        byte* native = stackalloc byte[SocketAddress.Largest];
        int error = SystemNative.Bind(socket, SocketName.FamilyOf(name) == Flags.AF_UNIX ? 0 : Tcp, native, SocketAddress.Write(name, native));
        return error == 0 || Fail(error) == 0;
    }

    /// <summary>Gives a unix socket its path. Its mode is set afterwards; until then the file has that of the umask.</summary>
    internal static bool BindPath(int socket, ReadOnlySpan<byte> name, uint mode)
    {
        if (!Bind(socket, name))
            return false;
        SetMode(name[2..], mode);
        return true;
    }

    /// <summary>Lets clients connect.</summary>
    internal static bool Listen(int socket)
    {
        int error = SystemNative.Listen(socket, LongestBacklog);
        return error == 0 || Fail(error) == 0;
    }

    /// <summary>Nothing to do: <see cref="Bind"/> sees to it.</summary>
    internal static void ReuseAddress(int socket)
    {
    }

    /// <summary>An IPv6 socket at :: takes IPv4 connections too.</summary>
    internal static void TakeBothVersions(int socket) => SetOption(socket, IPv6Level, IPv6OnlyName, 0);

    /// <summary>Refuses clients of a unix socket from now on. Those that have connected still wait to be accepted.</summary>
    internal static void RefuseByPath(int listener) => SystemNative.Shutdown(listener, Flags.SHUT_RD);

    /// <summary>Not possible: clients are taken until the socket is closed.</summary>
    internal static void RefuseByPacket(int listener)
    {
    }

    private static int CreateSocket(int family, int type)
    {
        nint socket = -1;
        int error = SystemNative.Socket(SocketAddress.FamilyOf(family), (type & 0xF) == Flags.SOCK_DGRAM ? Datagram : Stream, 0, &socket);
        if (error != 0)
            return Fail(error);
        SetCloseOnExec((int)socket);
        if (Has(type, Flags.SOCK_NONBLOCK))
            SetNonBlocking((int)socket, true);
        return (int)socket;
    }

    private static nint Receive(int socket, Span<byte> buffer, int flags)
    {
        int count = 0;
        fixed (byte* start = buffer)
        {
            int error = SystemNative.Receive(socket, start, buffer.Length, flags, &count);
            return error == 0 ? count : Fail(error);
        }
    }

    private static int SetOption(int socket, int level, int name, int value) => SystemNative.SetSockOpt(socket, level, name, (byte*)&value, sizeof(int));
}
