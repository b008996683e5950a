using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The connections that wait in a socket of our own when the process is told to end: their clients are connected, and no other process will serve them. They are taken; then the socket is closed.</summary>
/// <remarks>In a socket of a super-server they stay, for the next process.</remarks>
internal sealed class Backlog : IDeadline
{
    /// <summary>Milliseconds until the next look: for TCP, whose connections may still be under way; and where the system has no descriptor left.</summary>
    private const int LookInterval = 100;

    private readonly ConnectionSet _connections;
    private readonly OwnSocket _socket;
    private readonly Action<int> _taken;
    private long _deadline = long.MaxValue;
    private bool _isLastLook;

    /// <summary>Lets no client connect any more, and takes those that wait.</summary>
    /// <param name="connections">Those of the loop that takes them.</param>
    /// <param name="socket">The socket; it is closed in the end.</param>
    /// <param name="taken">Told of each.</param>
    internal Backlog(ConnectionSet connections, OwnSocket socket, Action<int> taken)
    {
        (_connections, _socket, _taken, _isLastLook) = (connections, socket, taken, socket.ConnectsAtOnce);
        socket.RefuseClients();
        Loop.Add(this);
        Look();
    }

    /// <summary>True if all have been taken.</summary>
    internal bool IsEmpty { get; private set; }

    public long Deadline => _deadline;

    private EventLoop Loop => _connections.Context.Loop;

    void IDeadline.OnDeadline()
    {
        _deadline = long.MaxValue;
        Look();
    }

    private void Look()
    {
        bool hasTaken = TryTakeAll();
        if (hasTaken && _isLastLook)
        {
            IsEmpty = true;
            Loop.Remove(this);
            _socket.Close();
            return;
        }
        _isLastLook |= hasTaken;
        _deadline = Loop.Now + LookInterval;
        Loop.WakeBy(_deadline);
    }

    /// <returns>False if the system has no descriptor or memory left.</returns>
    private bool TryTakeAll()
    {
        while (true)
        {
            int connection = Libc.Accept(_socket.Descriptor);
            if (connection >= 0)
                _taken(connection);
            else if (Libc.Errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
            {
                if (!_connections.TryMakeRoom())
                    return false;
            }
            else if (Libc.Errno is not (Errno.EINTR or Errno.ECONNABORTED))
                return true;
        }
    }
}
