using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Wait mode: serves what listening sockets bring until the life of the process is over, on one event loop or several.</summary>
/// <remarks>
/// A loop stands still while it starts a script, from clone(2) to execve(2), and all its connections with it. So the first connection that comes while a
/// request is in flight starts the other loops, each on a thread of its own; a process that has one client at a time never has more than
/// one. They share the listening sockets and nothing else but a few counts.
/// </remarks>
internal sealed class ListeningServer
{
    /// <summary>Bytes of stack: what a loop calls is not deep.</summary>
    private const int StackSize = 256 * 1024;

    private readonly ConnectionSet _first;
    private readonly int[] _listeners;
    private readonly OwnSocket? _own;
    private readonly AllowedPeers? _allowedPeers;
    private readonly ServiceManager? _manager;
    private readonly Watchdog? _watchdog;
    private readonly Lifetime _life;
    private readonly SpareDescriptors _spare;
    private readonly List<Thread> _threads = [];
    private int _furtherLoops;
    private long _lastNotice = long.MinValue;
    private volatile Exception? _fault;

    /// <param name="first">The connections of the first loop.</param>
    /// <param name="listeners">Sockets, which stay the super-server's.</param>
    /// <param name="own">The only one of them, if this process has opened it and is to close it.</param>
    internal ListeningServer(ConnectionSet first, int[] listeners, OwnSocket? own = null)
    {
        _first = first;
        _listeners = listeners;
        _own = own;
        _allowedPeers = first.Context.Options.Sockets.Peers ?? (first.Detection.Speaks(Protocols.FastCgi) ? AllowedPeers.FromEnvironment() : null);
        // An app that ends by itself tells by itself.
        _manager = first.Context.Options.EndsBySignals ? ServiceManager.Take() : null;
        _watchdog = _manager is { WatchdogTime: > 0 } ? new Watchdog(_manager) : null;
        _life = new Lifetime(first.Context, hasSuccessor: own is null);
        _spare = new SpareDescriptors(_life.WakeAll);
        _furtherLoops = first.Responder.MaxLoops - 1;
        first.Responder.Prepare(first.Context, servesMany: true);
        // Another process or loop may take the connection that woke this one.
        foreach (int listener in listeners)
        {
            Libc.SetNonBlocking(listener, true);
            Libc.KeepAlive(listener);
        }
    }

    /// <summary>Serves until the life of the process is over.</summary>
    internal ExitCode Run()
    {
        _manager?.TellReady();
        using OrphanCollector? orphans = OrphanCollector.Begin(_first.Context);
        RunLoop(_first);
        foreach (Thread thread in _threads)
            thread.Join();
        _life.Dispose();
        Log.Finish();
        _first.Context.Service.AccessLog?.Finish();
        return _fault is null ? ExitCode.Served : throw _fault;
    }

    /// <summary>Ends the life of the process, from any thread: what is in flight is finished.</summary>
    internal void End() => _life.End();

    /// <summary>False from when the process is to end: then the next connection is for the process that comes after it.</summary>
    /// <param name="now">Milliseconds, on the loops' clock.</param>
    internal bool MayAccept(long now)
    {
        if (!_life.IsOver)
            _life.Look(now);
        return !_life.IsOver;
    }

    /// <summary>A loop could not take a connection for want of descriptors or memory, and has none that could give way. If no other loop has one either, it is told, once in a while as long as that goes on.</summary>
    /// <param name="connections">Those of the loop.</param>
    /// <param name="isRepeated">True if the other loops have had their time to give one up.</param>
    internal void CannotAccept(ConnectionSet connections, bool isRepeated)
    {
        if (AskOthers() && !isRepeated)
            return;
        long now = connections.Context.Loop.Now, last = Interlocked.Read(ref _lastNotice);
        if (last + Limits.NoticeInterval > now || Interlocked.CompareExchange(ref _lastNotice, now, last) != last)
            return;
        Log.WriteLine($"cannot accept a connection: too many open files with {connections.Count} connections: raise the limit (ulimit -n, systemd LimitNOFILE=), or lower the number of connections");
    }

    /// <summary>Serves a connection on the loop that has taken it.</summary>
    internal void Accepted(ConnectionSet connections, int descriptor)
    {
        if (_allowedPeers?.Refuse(descriptor) == true)
        {
            Libc.Close(descriptor);
            return;
        }
        if (_furtherLoops > 0 && !_life.IsOver && connections.Context.Service.Requests.InFlight > 0)
            StartLoops();
        if (_spare.AreFew(descriptor))
        {
            connections.TryMakeRoom();
            AskOthers();
        }
        connections.Begin(descriptor);
    }

    /// <summary>Asks the other loops for connections that can give way; false if there are none.</summary>
    private bool AskOthers()
    {
        bool hasOthers = _threads.Count > 0;
        if (hasOthers)
            _spare.Ask();
        return hasOthers;
    }

    /// <summary>Called by the first loop, once: before that there is no other.</summary>
    private void StartLoops()
    {
        int count = _furtherLoops;
        _furtherLoops = 0;
        try
        {
            for (int i = 0; i < count; i++)
            {
                var thread = new Thread(RunFurtherLoop, StackSize) { IsBackground = true };
                thread.Start();
                _threads.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            // A limit on threads (ulimit -u, TasksMax=) or memory. The loops that there are do as well.
        }
    }

    private void RunFurtherLoop()
    {
        try
        {
            RunLoop(new ConnectionSet(new LoopContext(_first.Context.Service), _first.Responder, _first.Recorder, _first.Detection));
        }
        catch (Exception exception)
        {
            // Unforeseen. The first loop tells of it when it has finished what it can.
            _fault = exception;
            _life.End();
        }
    }

    private void RunLoop(ConnectionSet connections)
    {
        connections.Context.MakeRoom = connections.TryMakeRoom;
        _life.Wake(connections.Context.Loop, new LoopWaker(_spare, connections));
        using IDisposable? pulse = _watchdog?.Watch(connections.Context.Loop);
        Listener[] listeners = Array.ConvertAll(_listeners, socket => new Listener(this, connections, socket));
        connections.Responder.Drive(connections.Context.Loop.RunOnce, () => _life.IsOver);
        foreach (Listener listener in listeners)
            listener.Stop();
        // A request that has come while the process stood still counts as having come.
        connections.Context.Loop.Poll();
        if (connections == _first)
            FinishFirst();
        else
            connections.Finish();
    }

    /// <summary>What waits in a socket of our own is finished too.</summary>
    private void FinishFirst()
    {
        _manager?.TellStopping();
        Backlog? backlog = _own is null ? null : new Backlog(_first, _own, connection => Accepted(_first, connection));
        _first.Finish(() => backlog is { IsEmpty: false });
    }
}
