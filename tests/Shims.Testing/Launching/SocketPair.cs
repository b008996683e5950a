using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Shims.Testing;

/// <summary>Two connected stream sockets: the test keeps <see cref="Near"/>, the program gets <see cref="Far"/>.</summary>
/// <remarks>Dispose <see cref="Far"/> once the program has it, or the test will never see the connection end.</remarks>
public sealed class SocketPair : IDisposable
{
    private SocketPair(Socket near, Socket far) => (Near, Far) = (near, far);

    /// <summary>The web server's end.</summary>
    public Socket Near { get; }

    /// <summary>The program's end.</summary>
    public Socket Far { get; }

    /// <summary>Makes a pair of unix sockets. socketpair(2).</summary>
    public static unsafe SocketPair Create()
    {
        int* pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AddressFamilyUnix, Libc.SocketStream | Libc.SocketCloseOnExec, 0, pair) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "socketpair");
        return new SocketPair(new Socket(new SafeSocketHandle(pair[0], ownsHandle: true)), new Socket(new SafeSocketHandle(pair[1], ownsHandle: true)));
    }

    /// <summary>Makes a pair of TCP sockets on the loopback interface.</summary>
    public static SocketPair CreateTcp()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.Connect(listener.LocalEndPoint!);
        return new SocketPair(near, listener.Accept());
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
