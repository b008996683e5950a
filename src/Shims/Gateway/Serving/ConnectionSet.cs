using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The connections of one event loop: in most processes all of them, or the only one.</summary>
internal sealed class ConnectionSet : IConnectionOwner
{
    private readonly List<Connection> _connections = [];
    private readonly ConnectionContext _context;
    private bool _isOver;

    /// <param name="loop">What the connections share.</param>
    /// <param name="responder">Answers their requests.</param>
    /// <param name="recorder">Follows their requests; null without --record.</param>
    internal ConnectionSet(LoopContext loop, IResponder responder, IRequestRecorder? recorder)
    {
        Context = loop;
        _context = new ConnectionContext(loop, responder, recorder, this);
    }

    /// <summary>What the connections share.</summary>
    internal LoopContext Context { get; }

    private IResponder Responder => _context.Responder;

    private bool IsIdle => _isOver || (_connections.Count == 0 && Context.Scripts.Count == 0 && Responder.IsIdle);

    /// <summary>Serves one connection to its end.</summary>
    /// <param name="header">The connection, and what has been read from it already.</param>
    internal ExitCode ServeOne(in ScgiHeaderBuffer header)
    {
        Responder.Prepare(Context, servesMany: false);
        Libc.KeepAlive(header.Connection);
        Begin(Context.Service.Protocol, header);
        Responder.Drive(RunOnce, () => IsIdle);
        Log.Finish();
        return Context.ExitCode;
    }

    /// <summary>Serves a connection on which it is known, or will be seen, what is spoken.</summary>
    internal Connection Begin(Protocol protocol, in ScgiHeaderBuffer header)
    {
        Protocol? spoken = protocol == Protocol.Any ? FirstByte.Look(header.Connection) : protocol;
        Connection connection = spoken switch
        {
            Protocol.Scgi => new ScgiConnection(_context, header),
            Protocol.FastCgi => new FastCgiConnection(_context, header.Connection),
            _ => new SilentConnection(_context, header.Connection),
        };
        _connections.Add(connection);
        connection.Start();
        return connection;
    }

    void IConnectionOwner.Begin(Protocol protocol, in ScgiHeaderBuffer header) => Begin(protocol, header);

    void IConnectionOwner.Ended(Connection connection) => _connections.Remove(connection);

    /// <summary>Lets requests in flight end, for as long as there is time for that. Nothing new begins.</summary>
    internal void Finish()
    {
        BeginFinishing();
        Responder.Drive(RunOnce, () => IsIdle);
    }

    internal void BeginFinishing()
    {
        Context.BeginFinishing();
        _ = new FinishTime(this);
        foreach (Connection connection in _connections.ToArray())
            connection.Finish();
    }

    private void RunOnce()
    {
        if (!Context.Loop.CanWait)
            throw Descriptors.TooFew("a connection");
        Context.Loop.RunOnce();
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
}
