using System.Net;
using System.Net.Sockets;

namespace Shims.Testing;

/// <summary>Loopback ports that nobody uses.</summary>
public static class FreePort
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that was free a moment ago and is given to nobody else in this process.</summary>
    /// <remarks>Below the range from which the kernel picks ports for outgoing connections, so that none of those takes it meanwhile.</remarks>
    public static int Next()
    {
        lock (s_lock)
        {
            while (true)
            {
                int port = Random.Shared.Next(10_000, 32_000);
                if (!s_given.Add(port))
                    continue;
                try
                {
                    using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                    return port;
                }
                catch (SocketException) { } // Taken: try another one.
            }
        }
    }
}
