using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The connections of one event loop: in most processes all of them, or the only one.</summary>
/// <param name="context">Shared by the connections.</param>
/// <param name="responder">Responds to their requests.</param>
/// <param name="recorder">Follows their requests; null without --record.</param>
/// <param name="detection">Tells what is spoken on them.</param>
internal sealed class ConnectionSet(LoopContext context, IResponder responder, IRequestRecorder? recorder, ProtocolDetection detection) : ConnectionContext(context, responder, recorder, detection)
{
    private readonly List<Connection> _connections = [];
    private bool _isOver;

    /// <summary>Connections that are open.</summary>
    internal int Count => _connections.Count;

    private bool IsIdle => _isOver || (_connections.Count == 0 && Context.Scripts.Count + Context.Clientless == 0 && Responder.IsIdle);

    /// <summary>Serves one connection to its end.</summary>
    internal ExitCode ServeOne(int descriptor)
    {
        Prepare(descriptor);
        Begin(descriptor);
        return Run();
    }

    /// <summary>Serves one SCGI connection to its end.</summary>
    /// <param name="begun">The connection, and what has been read from it already.</param>
    internal ExitCode ServeOne(in ScgiHeaderBuffer begun)
    {
        Prepare(begun.Connection);
        Add(new SingleRequestConnection(this, begun.Connection, new ScgiHeaderReader(begun)));
        return Run();
    }

    /// <summary>Serves a connection on which it is known, or will be seen, what is spoken.</summary>
    internal Connection Begin(int descriptor) => Add(Detection.Look(descriptor)?.Open(this, descriptor) ?? new SilentConnection(this, descriptor));

    internal override void Begin(Protocol protocol, int descriptor) => Add(protocol.Open(this, descriptor));

    internal override void Ended(Connection connection) => _connections.Remove(connection);

    /// <summary>Ends a connection with nothing in flight, as its descriptor is needed: of those that are kept the one that has been so for the longest time, then one that only reads away.</summary>
    /// <returns>False if there is none.</returns>
    internal bool TryMakeRoom()
    {
        IEnumerable<Connection> unused = _connections.Where(static one => one.Phase is ConnectionPhase.Idle or ConnectionPhase.Lingering);
        foreach (Connection connection in unused.OrderBy(static one => one.Phase).ThenBy(static one => one.Deadline))
        {
            if (!connection.MayGiveWay)
                continue;
            connection.Close();
            return true;
        }
        return false;
    }

    /// <summary>Lets requests in flight end, for as long as there is time for that. Nothing new begins but on connections that are still to come.</summary>
    /// <param name="areMoreToCome">True while connections wait that no other process will serve; null if there are none.</param>
    internal void Finish(Func<bool>? areMoreToCome = null)
    {
        BeginFinishing();
        Responder.Drive(RunOnce, () => _isOver || (IsIdle && areMoreToCome?.Invoke() != true));
    }

    internal void BeginFinishing()
    {
        Context.BeginFinishing();
        _ = new FinishTime(this);
        foreach (Connection connection in _connections.ToArray())
            connection.Finish();
    }

    /// <summary>Ends every request in flight.</summary>
    internal void Shutdown()
    {
        foreach (Connection connection in _connections.ToArray())
            connection.Shutdown();
        Context.Scripts.Stop(StopReason.Shutdown);
        Responder.Shutdown();
    }

    /// <summary>The time for ending is over: closes what is left, and waits for nothing.</summary>
    internal void Abort()
    {
        _isOver = true;
        foreach (Connection connection in _connections.ToArray())
            connection.CloseBroken();
        Context.Scripts.Kill();
        if (Context.Scripts.Count > 0)
            Log.WriteLine($"{Context.Scripts.Count} scripts that went on after they had been told to end were killed, because the shim was told to end: raise --finish-time if they need longer");
    }

    private void Prepare(int descriptor)
    {
        Responder.Prepare(Context, servesMany: false);
        Libc.KeepAlive(descriptor);
    }

    private Connection Add(Connection connection)
    {
        _connections.Add(connection);
        connection.Start();
        return connection;
    }

    /// <summary>Runs until the only connection has ended, and all that it has begun.</summary>
    private ExitCode Run()
    {
        Responder.Drive(RunOnce, () => IsIdle);
        Log.Finish();
        Context.Service.AccessLog?.Finish();
        return Context.ExitCode;
    }

    private void RunOnce()
    {
        if (!Context.Loop.CanWait)
            throw Descriptors.TooFew("a connection");
        Context.Loop.RunOnce();
    }
}
