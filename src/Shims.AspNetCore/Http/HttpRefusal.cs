using System.Text;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.AspNetCore.Http;

/// <summary>Answers clients that speak HTTP where there is no app: 503, and the connection ends.</summary>
internal static class HttpRefusal
{
    private const int Patience = 3000;

    /// <summary>Serves the connection, or those that come on the listening sockets until none comes for a while.</summary>
    internal static void Serve(Handover handover, Fault fault)
    {
        Log.WriteLine(fault.ToString());
        if (handover.Kind == StartedAs.Connection)
        {
            Answer(handover.Sockets[0]);
            return;
        }
        while (Libc.WaitReadable(handover.Sockets, Patience) is >= 0 and int ready)
        {
            int connection = Libc.Accept(ready);
            if (connection >= 0)
                Answer(connection);
        }
    }

    private static void Answer(int connection)
    {
        var request = new byte[64 * 1024];
        if (Libc.WaitReadable(connection, Patience))
            Libc.Receive(connection, request);
        Libc.WriteWaiting(connection, Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        Libc.ShutdownWriting(connection);
        Libc.Close(connection);
    }
}
