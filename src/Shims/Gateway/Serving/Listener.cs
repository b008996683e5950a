using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>A listening socket from the super-server, as one event loop sees it: takes a connection, then sees what else there is to do.</summary>
/// <remarks>
/// Of the loops that wait, here and in other processes that share the socket, the kernel wakes one for each connection. A loop that took all there
/// are would keep the others idle while it starts one script after the other; and asking for more than there is costs a system call.
/// </remarks>
internal sealed class Listener : IWatcher, IDeadline
{
    /// <summary>Milliseconds after which accepting is tried again when the system had no descriptor left.</summary>
    private const int RetryAfter = 100;

    private readonly ListeningServer _listening;
    private readonly ConnectionSet _connections;
    private readonly int _socket;
    private long _deadline = long.MaxValue;
    private bool _isRepeated;

    internal Listener(ListeningServer listening, ConnectionSet connections, int socket)
    {
        _listening = listening;
        _connections = connections;
        _socket = socket;
        Loop.Add(this);
        Loop.WatchShared(socket, this);
    }

    public long Deadline => _deadline;

    private EventLoop Loop => _connections.Context.Loop;

    /// <summary>Takes no more; the socket stays the super-server's.</summary>
    internal void Stop()
    {
        Loop.Unwatch(_socket);
        Loop.Remove(this);
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if (!_listening.MayAccept(Loop.Now))
            return;
        int connection;
        bool isLack;
        do
        {
            connection = Libc.Accept(_socket);
            isLack = connection < 0 && Libc.Errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM;
        }
        while (isLack && _connections.TryMakeRoom());
        if (isLack)
            Pause();
        _isRepeated = isLack;
        if (connection >= 0)
            _listening.Accepted(_connections, connection);
    }

    void IDeadline.OnDeadline()
    {
        _deadline = long.MaxValue;
        Loop.WatchShared(_socket, this);
    }

    /// <summary>Connections that wait in the socket stay there.</summary>
    private void Pause()
    {
        _listening.CannotAccept(_connections, _isRepeated);
        Loop.Unwatch(_socket);
        _deadline = Loop.Now + RetryAfter;
        Loop.WakeBy(_deadline);
    }
}
