using System.Net.Sockets;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A connection to a gateway, as a web server would have it.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly IGatewayObserver _observer;
    private readonly ResponseTimes _times;

    private GatewayConnection(Socket socket, StartedCommand? command, IGatewayObserver observer, ResponseTimes times)
    {
        (_socket, Command, _observer, _times) = (socket, command, observer, times);
        times.Connected = times.Elapsed;
    }

    /// <summary>What was started for this connection; null where something listened.</summary>
    internal StartedCommand? Command { get; }

    /// <summary>Whether the kernel has reported a reset, on whichever way.</summary>
    internal bool IsReset { get; private set; }

    /// <summary>Connects, or starts the command.</summary>
    /// <exception cref="ShimException">That is impossible; it says why, and what to do.</exception>
    internal static async Task<GatewayConnection> OpenAsync(GatewayAddress address, IGatewayObserver observer, ErrorOutput errors, ResponseTimes times, CancellationToken cancellation)
    {
        GatewayConnection connection = address.Kind == AddressKind.Exec
            ? await StartAsync(address, observer, errors, times)
            : new GatewayConnection(await ConnectAsync(address, cancellation), null, observer, times);
        if (connection.Command is { } command)
            observer.OnStarted(command.ProcessId);
        observer.OnConnected(address);
        return connection;
    }

    /// <summary>Takes over a connection to a program that somebody else has started and looks after.</summary>
    internal static GatewayConnection Over(Socket socket, IGatewayObserver observer, ResponseTimes times) => new(socket, null, observer, times);

    /// <summary>Sends all of the bytes.</summary>
    /// <returns>False if the gateway does not want any more.</returns>
    internal async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
                rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellation)..];
        }
        catch (SocketException exception)
        {
            // On a unix socket whoever asks first, sender or receiver, is told of the reset, and nobody after that.
            IsReset |= exception.SocketErrorCode == SocketError.ConnectionReset;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false; // The response has ended meanwhile.
        }
        _observer.OnSent(bytes.Span);
        return true;
    }

    /// <summary>Waits for the next bytes.</summary>
    /// <returns>How many; 0 at the end, and after a reset.</returns>
    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int count;
        try
        {
            count = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut)
        {
            IsReset = true;
            count = 0;
        }
        _times.LastByte = _times.Elapsed;
        if (count == 0)
            return 0;
        _times.FirstByte ??= _times.LastByte;
        _observer.OnReceived(buffer.Span[..count]);
        return count;
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<Socket> ConnectAsync(GatewayAddress address, CancellationToken cancellation)
    {
        ConnectFaults.CheckPath(address);
        Socket socket = address.Kind == AddressKind.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (address.Kind == AddressKind.Unix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), cancellation);
            else
                await socket.ConnectAsync(address.Host, address.Port, cancellation);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw ConnectFaults.Explain(address, exception);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<GatewayConnection> StartAsync(GatewayAddress address, IGatewayObserver observer, ErrorOutput errors, ResponseTimes times)
    {
        if (!Libc.CreateSocketPair(out int own, out int its))
            throw new ShimException(ExitCode.SystemError, "no pair of sockets can be made", "let this user have more files open: ulimit -n");
        var socket = new Socket(new SafeSocketHandle(own, ownsHandle: true));
        try
        {
            return new GatewayConnection(socket, await StartedCommand.StartAsync(address, its, observer, errors), observer, times);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            Libc.Close(its);
        }
    }
}
