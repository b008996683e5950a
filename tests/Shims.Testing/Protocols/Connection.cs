using System.Net.Sockets;

namespace Shims.Testing;

/// <summary>The web server's end of a connection, as a test wants it: exact pieces, and the truth about how it ended.</summary>
public sealed class Connection(Socket socket) : IDisposable
{
    /// <summary>The socket underneath.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>Connects to a unix socket (a path) or to a loopback port (ADDRESS:PORT).</summary>
    public static async Task<Connection> OpenAsync(string address)
    {
        Socket socket = Address.CreateSocket(address);
        await socket.ConnectAsync(Address.ToEndPoint(address));
        return new Connection(socket);
    }

    /// <summary>Sends everything.</summary>
    /// <exception cref="SocketException">The program has closed the connection.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    /// <summary>Sends in pieces, each only after the program has read the one before, so that it sees exactly these reads.</summary>
    /// <remarks>On a unix socket; TCP does not tell when the other side has read.</remarks>
    public async Task SendInPiecesAsync(ReadOnlyMemory<byte> bytes, int pieceLength)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(pieceLength, bytes.Length)..])
        {
            await SendAsync(bytes[..Math.Min(pieceLength, bytes.Length)]);
            await WaitUntilReadAsync();
        }
    }

    /// <summary>Waits until the program has read all that was sent, or has closed its end.</summary>
    /// <exception cref="TimeoutException">It has not within <see cref="Patience.Limit"/>.</exception>
    public async Task WaitUntilReadAsync()
    {
        // The kernel has no event for "the other side has read", only the count; so look often.
        for (long start = Environment.TickCount64; UnreadByProgram > 0;)
        {
            if (Environment.TickCount64 - start > Patience.Limit.TotalMilliseconds)
                throw new TimeoutException("the program does not read what was sent to it");
            if (Socket.Poll(0, SelectMode.SelectError))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(0.2));
        }
    }

    /// <summary>More than 0 while the program has not read everything that was sent. Counts kernel memory, not bytes, on unix sockets.</summary>
    public int UnreadByProgram =>
        Libc.ioctl(Socket.SafeHandle, Libc.OutQueueSize, out int count) < 0 ? 0 : count;

    /// <summary>Reads to the end, whichever way it ends.</summary>
    public async Task<Received> ReceiveToEndAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience.Limit);
        var received = new MemoryStream();
        byte[] buffer = new byte[65536];
        try
        {
            while (true)
            {
                int count = await Socket.ReceiveAsync(buffer, patience.Token);
                if (count == 0)
                    return new Received(received.ToArray(), WasReset: false);
                received.Write(buffer, 0, count);
            }
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionReset)
        {
            return new Received(received.ToArray(), WasReset: true);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"the program neither went on nor closed the connection; received so far: {received.Length} bytes", late);
        }
    }

    /// <summary>Reads until that many bytes are there, or the end.</summary>
    public async Task<byte[]> ReceiveAsync(int length, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience.Limit);
        byte[] buffer = new byte[length];
        int have = 0;
        while (have < length)
        {
            int count = await Socket.ReceiveAsync(buffer.AsMemory(have), patience.Token);
            if (count == 0)
                break;
            have += count;
        }
        return buffer[..have];
    }

    /// <summary>Reads until a text has come, and returns everything up to there and whatever came with it.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before it.</exception>
    public async Task<string> ReceiveUntilAsync(string text, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience.Limit);
        var received = new System.Text.StringBuilder();
        byte[] buffer = new byte[4096];
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await Socket.ReceiveAsync(buffer, patience.Token);
            if (count == 0)
                throw new EndOfStreamException($"the connection ended before \"{text}\" came: {received}");
            received.Append(System.Text.Encoding.Latin1.GetString(buffer, 0, count));
        }
        return received.ToString();
    }

    /// <summary>Says that no more will be sent, as lighttpd and HAProxy do.</summary>
    public void EndSending() => Socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => Socket.Dispose();
}
