using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Shared by the connections, requests and scripts of one event loop.</summary>
internal sealed unsafe class LoopContext
{
    /// <summary>Bytes of <see cref="Scratch"/>: as much as a socket gives at once.</summary>
    internal const int ScratchSize = 64 * 1024;

    private readonly byte* _scratch = Libc.Allocate(ScratchSize);
    private Arena _workspace;
    private LogFlush? _logFlush;

    /// <param name="service">Shared by the loops of the process.</param>
    /// <param name="loop">The loop; null for a new one.</param>
    internal LoopContext(ServiceContext service, EventLoop? loop = null)
    {
        Service = service;
        Loop = loop ?? new EventLoop();
        Loop.Overdue = static timed =>
            Log.WriteLine($"an internal error in {Log.Program}: a {timed.GetType().Name} has no deadline after its last one: please report it");
    }

    /// <summary>Shared by the loops of the process.</summary>
    internal ServiceContext Service { get; }

    internal EventLoop Loop { get; }

    /// <summary>The command line.</summary>
    internal GatewayOptions Options => Service.Options;

    /// <summary>The sizes and times of the command line.</summary>
    internal Limits Limits => Service.Options.Limits;

    /// <summary>Memory for what is read and passed on within one call.</summary>
    internal Span<byte> Scratch => new(_scratch, ScratchSize);

    /// <summary>The scripts that run.</summary>
    internal RunningScripts Scripts { get; } = new();

    /// <summary>The number of requests whose scripts go on without their client.</summary>
    internal int Clientless { get; set; }

    /// <summary>The requests that wait for a slot, in order of arrival.</summary>
    internal List<IWaitsForSlot> Waiting { get; } = [];

    /// <summary>The exit status of the last fault.</summary>
    internal ExitCode ExitCode { get; private set; }

    /// <summary>Starts scripts.</summary>
    internal IScriptLauncher Launcher
    {
        get => field ??= new Spawner();
        init;
    }

    /// <summary>Ends a connection with nothing in flight, as its descriptor is needed; false if there is none. Null where there is one connection only.</summary>
    internal Func<bool>? MakeRoom { get; set; }

    /// <summary>True if connections are to be closed as soon as no request is in flight on them.</summary>
    internal bool IsFinishing { get; private set; }

    /// <summary>Milliseconds that the header of a request has from now on.</summary>
    internal long HeaderTime => IsFinishing ? Math.Min(Limits.HeaderSeconds * 1000L, Limits.FirstRequestGrace) : Limits.HeaderSeconds * 1000L;

    /// <summary>The fault of a request of which only a part has come in time.</summary>
    internal Fault HeaderIsLate => IsFinishing ? ToldToEnd
        : new Fault(400, $"the web server sent no complete request within {Limits.HeaderSeconds} s", "see whether it speaks the protocol that is expected here, and its log for why it stopped; raise --header-timeout if it is only slow")
        { ExitCode = ExitCode.PeerError };

    /// <summary>The fault of a connection whose peer does not read the response.</summary>
    internal Fault NothingIsTaken => new(408, $"the web server read nothing of the response for {Limits.ProgressSeconds} s", "see its log for why it stopped reading") { ExitCode = ExitCode.PeerError };

    /// <summary>The fault of a request of whose body only a part has come in time.</summary>
    internal Fault BodyIsLate => new(408, $"the web server sent no more of a request's body for {Limits.ProgressSeconds} s", "see its log for why it stopped") { ExitCode = ExitCode.PeerError };

    /// <summary>The fault of a request that came too late.</summary>
    internal static Fault ToldToEnd => new(503, "the shim was told to end before the whole request had come", "nothing to do: send the request again");

    /// <summary>Memory in which a start is prepared: good until the next one.</summary>
    internal ref Arena WorkspaceOf(int size)
    {
        _workspace.Clear();
        if (_workspace.Free >= size)
            return ref _workspace;
        _workspace.Release();
        _workspace = Arena.Create(size);
        return ref _workspace;
    }

    /// <summary>A slot is free: the first of those that wait for one looks at once.</summary>
    internal void SlotFreed()
    {
        if (Waiting.Count > 0)
            Waiting[0].Look();
    }

    /// <summary>From now on connections are closed as soon as no request is in flight on them.</summary>
    internal void BeginFinishing() => IsFinishing = true;

    /// <summary>Told of faults in the place of the log; null for the log.</summary>
    internal Action<string, Fault>? Reports { get; init; }

    /// <summary>Tells the log of a fault.</summary>
    internal void Report(string requestId, Fault fault)
    {
        ExitCode = fault.ExitCode;
        if (Reports is not null)
        {
            Reports(requestId, fault);
            return;
        }
        Log.Write(requestId, fault);
        if (!Log.HasPending)
            return;
        if (_logFlush is null)
            Loop.Add(_logFlush = new LogFlush(Loop));
        _logFlush.FlushSoon();
    }

    /// <summary>Gives back everything that it holds, the loop too: nothing is served any more, and the process goes on.</summary>
    internal void Release()
    {
        _workspace.Release();
        Libc.Free(_scratch);
        Libc.Close(Service.NullDevice);
        Loop.Dispose();
    }
}
