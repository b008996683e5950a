using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>What the connections of one event loop share: in most processes of all connections, or of the only one.</summary>
internal sealed unsafe class GatewayServer
{
    /// <summary>Bytes of <see cref="Scratch"/>: as much as a socket gives at once.</summary>
    internal const int ScratchSize = 64 * 1024;

    private const int DescriptorsOfItsOwn = 16;

    /// <summary>A connection, three pipes, the process, a spool, a lock.</summary>
    private const int DescriptorsOfARequest = 8;

    private readonly List<Connection> _connections = [];
    private readonly List<ScriptProcess> _processes = [];
    private readonly byte* _scratch = Libc.Allocate(ScratchSize);
    private Arena _workspace;
    private bool _isOver;
    private LogFlush? _logFlush;

    /// <param name="protocol">What is spoken on the connections.</param>
    /// <param name="options">The command line.</param>
    /// <param name="loop">What waits; null for one of its own.</param>
    internal GatewayServer(Protocol protocol, GatewayOptions options, EventLoop? loop = null)
    {
        Loop = loop ?? new EventLoop();
        Protocol = protocol;
        Options = options;
        Slots = new Slots(options);
        NullDevice = Libc.OpenNowhere();
        Requests = new RequestCount(Loop.Now);
        Loop.Overdue = TellOfDeadline;
    }

    /// <summary>One more loop of the same process.</summary>
    internal GatewayServer(GatewayServer first)
    {
        Loop = new EventLoop();
        Protocol = first.Protocol;
        Options = first.Options;
        Slots = first.Slots;
        NullDevice = first.NullDevice;
        Requests = first.Requests;
        ServesMany = first.ServesMany;
        Loop.Overdue = TellOfDeadline;
    }

    /// <summary>What is spoken on the connections.</summary>
    internal Protocol Protocol { get; }

    internal GatewayOptions Options { get; }

    internal EventLoop Loop { get; }

    internal Slots Slots { get; }

    /// <summary>Whether large output is moved inside the kernel; the tests run the other way too.</summary>
    internal bool MaySplice { get; } = Libc.EnvironmentVariable("SHIMS_NO_SPLICE\0"u8) == null;

    /// <summary>/dev/null, for scripts without a body.</summary>
    internal int NullDevice { get; }

    /// <summary>Memory for what is read and passed on within one call.</summary>
    internal Span<byte> Scratch => new(_scratch, ScratchSize);

    /// <summary>Whether the peer may end its sending and still wait for an answer: a pipe or file in place of a web server does.</summary>
    internal bool IsHalfCloseNormal { get; init; }

    /// <summary>Whether connections come from a listening socket.</summary>
    internal bool ServesMany { get; init; }

    /// <summary>FCGI_MAX_CONNS: connections that this process serves at a time, whichever of its loops does.</summary>
    internal int MaxConnections => !ServesMany ? 1 : Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency : RequestsByDescriptors;

    /// <summary>FCGI_MAX_REQS: requests that this process answers at a time, as many as --max, or else its descriptors and its one connection, allow.</summary>
    internal int MaxRequests => Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency
        : ServesMany ? RequestsByDescriptors
        : Math.Min(RequestsByDescriptors, FastCgiConnection.MaxRequests);

    /// <summary>What the process exits with: who has to act on the last fault.</summary>
    internal ExitCode ExitCode { get; private set; }

    /// <summary>Whether a script runs.</summary>
    internal bool HasProcesses => _processes.Count > 0;

    internal int ConnectionCount => _connections.Count;

    /// <summary>The requests of all loops of the process.</summary>
    internal RequestCount Requests { get; }

    /// <summary>Starts the scripts of this loop.</summary>
    internal Spawner Spawner => field ??= new Spawner();

    /// <summary>Memory in which a start is prepared: good until the next one of this loop.</summary>
    internal ref Arena WorkspaceOf(int size)
    {
        _workspace.Clear();
        if (_workspace.Free >= size)
            return ref _workspace;
        _workspace.Release();
        _workspace = Arena.Create(size);
        return ref _workspace;
    }

    /// <summary>Whether connections are to be closed as soon as nothing is in flight on them.</summary>
    internal bool IsFinishing { get; private set; }

    /// <summary>Milliseconds that the header of a request has from now on.</summary>
    internal long HeaderTime => IsFinishing ? Math.Min(Options.Limits.HeaderSeconds * 1000L, Limits.FirstRequestGrace) : Options.Limits.HeaderSeconds * 1000L;

    /// <summary>Why a request is not awaited any more of which only a part has come.</summary>
    internal Fault HeaderIsLate => IsFinishing ? ToldToEnd
        : new Fault(400, $"the web server sent no complete request within {Options.Limits.HeaderSeconds} s", "see whether it speaks the protocol that is expected here, and its log for why it stopped; raise --header-timeout if it is only slow")
        { ExitCode = ExitCode.PeerError };

    /// <summary>Why a request is not answered that came too late.</summary>
    internal static Fault ToldToEnd => new(503, "the shim was told to end before the whole request had come", "nothing to do: ask again");

    private static int RequestsByDescriptors => Math.Max(1, (Libc.DescriptorLimit - DescriptorsOfItsOwn) / DescriptorsOfARequest);

    private bool IsIdle => _isOver || (_connections.Count == 0 && _processes.Count == 0 && Options.Responder.IsIdle);

    /// <summary>Serves one connection to its end.</summary>
    /// <param name="intake">The connection, and what has been read from it already.</param>
    internal ExitCode ServeOne(in ScgiIntake intake)
    {
        Options.Responder.Prepare(this, servesMany: false);
        Libc.KeepAlive(intake.Connection);
        Begin(Protocol, intake);
        while (!IsIdle)
        {
            if (Options.Responder.RunNext())
                continue;
            if (!Loop.CanWait)
                throw new ShimException(ExitCode.SystemError, $"the limit on open files is {Libc.DescriptorLimit}, which is too little to serve a connection", "raise it (ulimit -n, systemd LimitNOFILE=)");
            Loop.RunOnce();
        }
        Log.Finish();
        return ExitCode;
    }

    /// <summary>Tells whoever has to act: the log, and, as far as the wire has a way, the web server's.</summary>
    internal void Report(Exchange exchange, Fault fault)
    {
        fault = fault with { Requested = exchange.RequestedPath };
        Report(exchange.RequestId, fault);
        exchange.ReportFault(fault);
    }

    /// <summary>Tells of a fault that belongs to no request.</summary>
    internal void Report(string requestId, Fault fault)
    {
        ExitCode = fault.ExitCode;
        Log.Write(requestId, fault);
        if (Log.HasPending)
            FlushLater();
    }

    private void FlushLater()
    {
        if (_logFlush is null)
            Loop.Add(_logFlush = new LogFlush(Loop));
        _logFlush.Expect();
    }

    /// <summary>Lets requests in flight end, for as long as there is time for that. Nothing new begins.</summary>
    internal void Finish()
    {
        BeginFinishing();
        while (!IsIdle)
            Loop.RunOnce();
    }

    internal void BeginFinishing()
    {
        IsFinishing = true;
        _ = new FinishTime(this);
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

    /// <summary>The time for ending is over: closes what is left, and waits for nothing.</summary>
    internal void Abort()
    {
        _isOver = true;
        foreach (Connection connection in _connections.ToArray())
            connection.CloseBroken();
        foreach (ScriptProcess process in _processes)
            process.EndGroup();
        if (HasProcesses)
            Log.WriteLine($"{_processes.Count} scripts that went on after they had been told to end were killed, because the shim was told to end: raise --finish-time if they need longer");
    }

    internal void ConnectionEnded(Connection connection) => _connections.Remove(connection);

    /// <summary>A script is in flight as long as it runs, also when its request has been answered.</summary>
    internal void ProcessStarted(ScriptProcess process)
    {
        _processes.Add(process);
        Requests.Started();
    }

    internal void ProcessEnded(ScriptProcess process)
    {
        _processes.Remove(process);
        Requests.Ended(Loop.Now);
    }

    private static void TellOfDeadline(ITimed timed) =>
        Log.WriteLine($"a fault in {Log.Program} itself: a {timed.GetType().Name} has no deadline after its last one: please report it");

    /// <summary>Serves a connection on which it is known, or will be seen, what is spoken.</summary>
    internal Connection Begin(Protocol protocol, in ScgiIntake intake)
    {
        Connection connection = protocol switch
        {
            Protocol.Scgi => new ScgiConnection(this, intake),
            Protocol.FastCgi => new FastCgiConnection(this, intake.Connection),
            _ => Options.OpenAny!(this, intake.Connection),
        };
        _connections.Add(connection);
        connection.Start();
        return connection;
    }
}
