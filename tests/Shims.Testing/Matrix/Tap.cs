using System.Net.Sockets;

namespace Shims.Testing.Matrix;

/// <summary>Stands between a web server and a program, passes everything on, and keeps what the web server has sent.</summary>
public sealed class Tap : IDisposable
{
    private readonly Socket _listener;
    private readonly string _program;
    private readonly List<MemoryStream> _sent = [];

    private Tap(Socket listener, string program) => (_listener, _program) = (listener, program);

    /// <summary>What has come so far, for each connection in the order in which they came.</summary>
    public IReadOnlyList<byte[]> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent.Select(connection => connection.ToArray())];
        }
    }

    /// <summary>Listens.</summary>
    /// <param name="address">Where the web server expects the program.</param>
    /// <param name="program">Where the program really is.</param>
    public static Tap Start(string address, string program)
    {
        var tap = new Tap(Backend.Listen(address), program);
        _ = tap.AcceptAsync();
        return tap;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PassOnAsync(await _listener.AcceptAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException) { } // Disposed: no more connections.
    }

    private async Task PassOnAsync(Socket fromServer)
    {
        var sent = new MemoryStream();
        lock (_sent)
            _sent.Add(sent);
        using Socket server = fromServer;
        using Connection program = await Connection.OpenAsync(_program);
        await Task.WhenAll(PumpAsync(server, program.Socket, sent), PumpAsync(program.Socket, server, null));
    }

    private async Task PumpAsync(Socket from, Socket to, MemoryStream? copy)
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and int count)
            {
                if (copy is not null)
                    lock (_sent)
                        copy.Write(buffer, 0, count);
                for (int done = 0; done < count;)
                    done += await to.SendAsync(buffer.AsMemory(done, count - done));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One side is gone, so the other has nobody to talk to.
            from.Dispose();
            to.Dispose();
        }
        catch (ObjectDisposedException) { } // The other direction has found that out first.
    }
}
