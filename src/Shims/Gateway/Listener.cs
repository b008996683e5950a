using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>A listening socket from the super-server: takes every connection that comes.</summary>
internal sealed class Listener : IWatcher, ITimed
{
    /// <summary>Milliseconds after which accepting is tried again when the system had no descriptor left.</summary>
    private const int RetryAfter = 100;

    private readonly GatewayServer _server;
    private readonly int _socket;
    private long _deadline = long.MaxValue;

    internal Listener(GatewayServer server, int socket)
    {
        _server = server;
        _socket = socket;
        // Another process may take the connection that woke this one.
        Libc.SetNonBlocking(socket, true);
        server.Loop.Add(this);
        server.Loop.Watch(socket, Readiness.Read, this);
    }

    public long Deadline => _deadline;

    /// <summary>Takes no more; the socket stays the super-server's.</summary>
    internal void Stop()
    {
        _server.Loop.Unwatch(_socket);
        _server.Loop.Remove(this);
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness) => AcceptAll();

    void ITimed.OnTime()
    {
        _deadline = long.MaxValue;
        AcceptAll();
    }

    private void AcceptAll()
    {
        int connection;
        while (_server.MayAccept && (connection = Libc.Accept(_socket)) >= 0)
            _server.Accepted(connection);
        if (!_server.MayAccept)
            return;
        if (Libc.Errno is not (Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM))
            return;
        Log.WriteLine($"cannot accept a connection: too many open files with {_server.ConnectionCount} connections: raise the limit (ulimit -n, systemd LimitNOFILE=), or lower the number of connections");
        _deadline = _server.Loop.Now + RetryAfter;
        _server.Loop.Expect(_deadline);
    }
}
