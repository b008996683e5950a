using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.AspNetCore.Http;

/// <summary>Gives Kestrel the connections of inherited sockets, or the one that has been inherited itself. The sockets stay the super-server's.</summary>
/// <remarks>A thread of its own accepts, so that it can stop at any moment without leaving a connection unanswered, and without touching the sockets.</remarks>
internal sealed class InheritedListener : IConnectionListenerFactory, IConnectionListener
{
    private readonly SocketConnectionContextFactory _contexts;
    private readonly Channel<ConnectionContext> _taken = Channel.CreateUnbounded<ConnectionContext>();
    private readonly int _wake = Libc.CreateEvent();
    private int[] _sockets = [];
    private volatile bool _isListening;

    internal InheritedListener(ILoggerFactory loggers) =>
        _contexts = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), loggers.CreateLogger("Shims.AspNetCore"));

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>The peers that are served; null for all.</summary>
    internal AllowedPeers? Peers { get; init; }

    /// <summary>Told of each connection that is taken.</summary>
    internal Action<ConnectionContext>? Taken { get; set; }

    /// <summary>Addresses that are not what has been inherited.</summary>
    internal List<string> Others { get; } = [];

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        // Each address has a protocol of its own: a connection must not come by another's.
        if (endpoint is not FileHandleEndPoint)
        {
            Others.Add($"{endpoint}");
            return new ValueTask<IConnectionListener>(new SilentListener(endpoint));
        }
        EndPoint = endpoint;
        return new ValueTask<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _taken.Reader.WaitToReadAsync(cancellationToken) && _taken.Reader.TryRead(out ConnectionContext? connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        Stop();
        return default;
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>Begins to take connections.</summary>
    internal void Listen(int[] sockets)
    {
        _sockets = sockets;
        _isListening = true;
        foreach (int socket in sockets)
            Libc.SetNonBlocking(socket, true);
        new Thread(Accept) { IsBackground = true, Name = "shim" }.Start();
    }

    /// <summary>Takes the only connection.</summary>
    /// <returns>False if its peer is refused.</returns>
    internal bool TryTakeOnly(int connection)
    {
        bool isTaken = TryGive(connection);
        _taken.Writer.TryComplete();
        return isTaken;
    }

    /// <summary>Takes no more.</summary>
    internal void Stop()
    {
        Libc.SetEvent(_wake);
        // Where a start fails, this has not listened yet, and Kestrel would wait for ever.
        if (!_isListening)
            _taken.Writer.TryComplete();
    }

    private void Accept()
    {
        while (Libc.WaitReadable([_wake, .. _sockets], milliseconds: -1) is var ready && ready != _wake)
        {
            int connection = Libc.Accept(ready);
            if (connection >= 0)
                TryGive(connection);
        }
        _taken.Writer.TryComplete();
    }

    private bool TryGive(int connection)
    {
        if (Peers?.Refuse(connection) == true)
        {
            Libc.Close(connection);
            return false;
        }
        ConnectionContext context = _contexts.Create(new Socket(new SafeSocketHandle(connection, ownsHandle: true)));
        Taken?.Invoke(context);
        _taken.Writer.TryWrite(context);
        return true;
    }
}
