using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>What the connections of one process share, and its life: one connection, or all that a listening socket brings.</summary>
internal sealed unsafe class GatewayServer
{
    /// <summary>Bytes of <see cref="Scratch"/>: as much as a socket gives at once.</summary>
    internal const int ScratchSize = 64 * 1024;

    private const int DescriptorsOfItsOwn = 16;

    /// <summary>A connection, three pipes, the process, a spool, a lock.</summary>
    private const int DescriptorsOfARequest = 8;

    private AllowedPeers? _allowedPeers;
    private Lifetime? _life;
    private readonly List<Connection> _connections = [];
    private readonly List<ScriptProcess> _processes = [];

    internal GatewayServer(Protocol protocol, GatewayOptions options)
    {
        Protocol = protocol;
        Options = options;
        Slots = new Slots(options);
        IdleSince = Loop.Now;
    }

    /// <summary>What is spoken on the connections.</summary>
    internal Protocol Protocol { get; }

    internal GatewayOptions Options { get; }

    internal EventLoop Loop { get; } = new();

    internal Slots Slots { get; }

    /// <summary>Whether large output is moved inside the kernel; the tests run the other way too.</summary>
    internal bool MaySplice { get; } = Libc.EnvironmentVariable("SHIMS_NO_SPLICE\0"u8) == null;

    /// <summary>/dev/null, for scripts without a body.</summary>
    internal int NullDevice { get; } = Libc.Open("/dev/null\0"u8, Flags.O_RDWR);

    /// <summary>Memory for what is read and passed on within one call.</summary>
    internal byte* Scratch { get; } = Libc.Allocate(ScratchSize);

    /// <summary>Whether the peer may end its sending and still wait for an answer: a pipe or file in place of a web server does.</summary>
    internal bool IsHalfCloseNormal { get; init; }

    /// <summary>FCGI_MAX_CONNS: connections that this process serves at a time.</summary>
    internal int MaxConnections { get; private set; } = 1;

    /// <summary>FCGI_MAX_REQS: requests that this process answers at a time, as many as --max, or else its descriptors and its one connection, allow.</summary>
    internal int MaxRequests => Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency
        : MaxConnections == 1 ? Math.Min(RequestsByDescriptors, FastCgiConnection.MaxRequests)
        : RequestsByDescriptors;

    /// <summary>What the process exits with: who has to act on the last fault.</summary>
    internal ExitCode ExitCode { get; private set; }

    internal int ConnectionCount => _connections.Count;

    /// <summary>Requests that are being read or answered.</summary>
    internal int RequestCount { get; private set; }

    /// <summary>When the last request ended, on the loop's clock.</summary>
    internal long IdleSince { get; private set; }

    /// <summary>Whether connections are to be closed as soon as nothing is in flight on them.</summary>
    internal bool IsFinishing { get; private set; }

    private static int RequestsByDescriptors => Math.Max(1, (Libc.DescriptorLimit - DescriptorsOfItsOwn) / DescriptorsOfARequest);

    private bool IsIdle => _connections.Count == 0 && _processes.Count == 0 && Options.Responder.IsIdle;

    /// <summary>Serves one connection to its end.</summary>
    /// <param name="intake">The connection, and what has been read from it already.</param>
    internal ExitCode ServeOne(in ScgiIntake intake)
    {
        Options.Responder.Prepare(this, servesMany: false);
        Begin(Protocol, intake);
        while (!IsIdle)
        {
            if (!Options.Responder.RunNext())
                Loop.RunOnce();
        }
        return ExitCode;
    }

    /// <summary>Serves what comes in on listening sockets until the life of the process is over.</summary>
    internal ExitCode ServeAll(ReadOnlySpan<int> listeners)
    {
        MaxConnections = Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency : RequestsByDescriptors;
        _allowedPeers = Protocol != Protocol.Scgi ? AllowedPeers.FromEnvironment() : null;
        Options.Responder.Prepare(this, servesMany: true);
        using var life = new Lifetime(this);
        _life = life;
        var open = new List<Listener>();
        foreach (int listener in listeners)
            open.Add(new Listener(this, listener));
        while (!life.IsOver)
            Loop.RunOnce();
        foreach (Listener listener in open)
            listener.Stop();
        life.StartFinishing();
        while (!IsIdle)
            Loop.RunOnce();
        return ExitCode.Served;
    }

    /// <summary>False from when the process is to end: then the next connection is for the process that comes after it.</summary>
    internal bool MayAccept => _life is { IsOver: false } life && !life.HasProgramChanged();

    /// <summary>Serves a connection from a listening socket.</summary>
    internal void Accepted(int descriptor)
    {
        if (_allowedPeers is not null && !_allowedPeers.Allow(descriptor))
        {
            Log.WriteLine("refused a connection from an address that is not in FCGI_WEB_SERVER_ADDRS: add the web server's address there");
            Libc.Close(descriptor);
            return;
        }
        Begin(Protocol, new ScgiIntake { Connection = descriptor });
    }

    /// <summary>Tells whoever has to act: the log, and, as far as the wire has a way, the web server's.</summary>
    internal void Report(Exchange exchange, Fault fault)
    {
        Report(exchange.RequestId, fault);
        exchange.ReportFault(fault);
    }

    /// <summary>Tells of a fault that belongs to no request.</summary>
    internal void Report(string requestId, Fault fault)
    {
        ExitCode = fault.ExitCode;
        Log.Write(requestId, fault);
    }

    /// <summary>From now on nothing new begins.</summary>
    internal void Finish()
    {
        IsFinishing = true;
        foreach (Connection connection in _connections.ToArray())
            connection.Finish();
    }

    /// <summary>Ends every request in flight.</summary>
    internal void Shutdown()
    {
        foreach (Connection connection in _connections.ToArray())
            connection.Shutdown();
        foreach (ScriptProcess process in _processes.ToArray())
            process.Stop(StopReason.Shutdown);
        Options.Responder.Shutdown();
    }

    internal void ConnectionEnded(Connection connection) => _connections.Remove(connection);

    internal void RequestStarted() => RequestCount++;

    internal void RequestEnded()
    {
        RequestCount--;
        IdleSince = Loop.Now;
        if (Options.Limits.IdleSeconds > 0)
            Loop.Expect(IdleSince + Options.Limits.IdleSeconds * 1000L);
    }

    internal void ProcessStarted(ScriptProcess process) => _processes.Add(process);

    internal void ProcessEnded(ScriptProcess process) => _processes.Remove(process);

    /// <summary>Serves a connection on which it is known, or will be seen, what is spoken.</summary>
    internal void Begin(Protocol protocol, in ScgiIntake intake)
    {
        Connection connection = protocol switch
        {
            Protocol.Scgi => new ScgiConnection(this, intake),
            Protocol.FastCgi => new FastCgiConnection(this, intake.Connection),
            _ => Options.OpenAny!(this, intake.Connection),
        };
        _connections.Add(connection);
        connection.Start();
    }
}
