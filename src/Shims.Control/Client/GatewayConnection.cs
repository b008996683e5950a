using System.Net.Sockets;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>The web server's end of a connection to a gateway.</summary>
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

    /// <summary>The command that was started for this connection; null if the gateway listens on a socket.</summary>
    internal StartedCommand? Command { get; }

    /// <summary>Whether the connection was reset, as seen by a send or a receive.</summary>
    internal bool IsReset { get; private set; }

    /// <summary>Connects, or starts the command.</summary>
    /// <exception cref="ShimException">It failed, with the cause and the fix.</exception>
    internal static async Task<GatewayConnection> OpenAsync(GatewayAddress address, IGatewayObserver observer, ErrorOutput errors,
        ResponseTimes times, CancellationToken cancellation)
    {
        GatewayConnection connection = address.Kind == AddressKind.Exec
            ? await StartAsync(address, observer, errors, times)
            : new GatewayConnection(await ConnectAsync(address, cancellation), null, observer, times);
        if (connection.Command is { } command)
            observer.OnStarted(command.ProcessId);
        observer.OnConnected(address);
        return connection;
    }

    /// <summary>Takes over a connection to a program that the caller started and will reap.</summary>
    internal static GatewayConnection Over(Socket socket, IGatewayObserver observer, ResponseTimes times) =>
        new(socket, null, observer, times);

    /// <summary>Sends all of the bytes.</summary>
    /// <returns>False if the gateway has stopped receiving.</returns>
    internal async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
                rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellation)..];
        }
        catch (SocketException exception)
        {
            // A unix socket reports a reset once, to the first send or receive.
            IsReset |= exception.SocketErrorCode == SocketError.ConnectionReset;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false; // The response has ended in the meantime.
        }
        _observer.OnSent(bytes.Span);
        return true;
    }

    /// <summary>Waits for the next bytes.</summary>
    /// <returns>Their number; 0 at the end of the connection, and after a reset.</returns>
    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int count;
        try
        {
            count = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut)
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

    private static async Task<GatewayConnection> StartAsync(GatewayAddress address, IGatewayObserver observer, ErrorOutput errors,
        ResponseTimes times)
    {
        if (!Libc.CreateSocketPair(out int own, out int its))
        {
            throw new ShimException(ExitCode.SystemError, $"cannot create a socket pair: {ScriptDiagnosis.Name(Libc.Errno)}",
                "raise the limit on open files: ulimit -n");
        }
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
