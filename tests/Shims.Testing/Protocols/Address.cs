using System.Net;
using System.Net.Sockets;

namespace Shims.Testing;

/// <summary>An address as the examples write it: the path of a unix socket, or ADDRESS:PORT.</summary>
public static class Address
{
    public static bool IsUnix(string address) => address.StartsWith('/');

    public static EndPoint ToEndPoint(string address) =>
        IsUnix(address) ? new UnixDomainSocketEndPoint(address) : IPEndPoint.Parse(address);

    public static Socket CreateSocket(string address) => IsUnix(address)
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(IPEndPoint.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>A listening socket, for programs that get one on descriptor 0.</summary>
    public static Socket Listen(string address)
    {
        Socket socket = CreateSocket(address);
        socket.Bind(ToEndPoint(address));
        socket.Listen(128);
        return socket;
    }
}
