namespace Shims.Posix;

/// <summary>One thread that waits for all descriptors and times at once, and tells their owners. epoll(7), edge-triggered.</summary>
/// <remarks>
/// Edge-triggered, so each descriptor is registered once and never touched again: an owner remembers what it may do, and tries until
/// the kernel says EAGAIN. Closing a descriptor ends its registration; <see cref="Close"/> also makes events that are under way miss.
/// </remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int MaxEvents = 64;

    private readonly Func<long> _clock;

    private readonly int _epoll = Libc.CreateEpoll();
    private readonly byte* _events = Libc.Allocate(MaxEvents * EpollEvent.NativeSize);
    private readonly List<IDeadline> _timed = [];
    private readonly Queue<IScheduled> _scheduled = new();
    private long _nextLook = long.MaxValue;
    private readonly List<int> _unwatched = [];
    private (IWatcher? Watcher, uint Generation, Readiness Soon)[] _watchers = new (IWatcher?, uint, Readiness)[32];

    /// <param name="clock">Milliseconds that never go back; null for the system's.</param>
    internal EventLoop(Func<long>? clock = null)
    {
        _clock = clock ?? Libc.Milliseconds;
        Now = _clock();
    }

    /// <summary>False where no descriptor was left for it, so that nothing but times would be told.</summary>
    internal bool CanWait => _epoll >= 0;

    /// <summary>Milliseconds, as of when the current events came in.</summary>
    internal long Now { get; private set; }

    /// <summary>Told of a deadline that has passed and was not moved, which is a fault in its owner. The loop does not look at it again, as it would never wait any more.</summary>
    internal Action<IDeadline>? Overdue { get; set; }

    /// <summary>Tells the watcher from now on what can be done with the descriptor, beginning with what can be done already.</summary>
    /// <returns>False for a descriptor that cannot be watched.</returns>
    internal bool Watch(int descriptor, Readiness interest, IWatcher watcher)
    {
        Enter(descriptor, watcher);
        return Libc.Watch(_epoll, descriptor, interest, TokenOf(descriptor));
    }

    /// <summary>Watches a descriptor from when the loop waits next: one that is closed before that needs no call.</summary>
    internal void WatchSoon(int descriptor, Readiness interest, IWatcher watcher)
    {
        Enter(descriptor, watcher);
        _watchers[descriptor].Soon = interest;
        _unwatched.Add(descriptor);
    }

    /// <summary>
    /// Tells the watcher, of all that wait for a listening socket, in this process and in others, each time that it is its turn and a connection is there.
    /// </summary>
    internal void WatchShared(int listener, IWatcher watcher)
    {
        Enter(listener, watcher);
        Libc.WatchShared(_epoll, listener, TokenOf(listener));
    }

    /// <summary>Tells the watcher of something else from now on, beginning with what can be done already.</summary>
    internal void Rewatch(int descriptor, Readiness interest)
    {
        // One that is not watched yet will be, with whatever is of interest then.
        if (descriptor >= _watchers.Length)
            return;
        if (_watchers[descriptor].Soon != Readiness.None)
            _watchers[descriptor].Soon = interest;
        else
            Libc.Rewatch(_epoll, descriptor, interest, TokenOf(descriptor));
    }

    /// <summary>Stops telling about a descriptor that stays open.</summary>
    internal void Unwatch(int descriptor)
    {
        Libc.Unwatch(_epoll, descriptor);
        Leave(descriptor);
    }

    /// <summary>Closes a watched descriptor; -1 is nothing to close.</summary>
    internal void Close(ref int descriptor)
    {
        if (descriptor < 0)
            return;
        Leave(descriptor);
        Libc.Close(descriptor);
        descriptor = -1;
    }

    /// <summary>Looks after a deadline until <see cref="Remove"/>.</summary>
    internal void Add(IDeadline timed)
    {
        _timed.Add(timed);
        WakeBy(timed.Deadline);
    }

    internal void Remove(IDeadline timed) => _timed.Remove(timed);

    /// <summary>A deadline may be as near as this. One that moves away needs no telling.</summary>
    internal void WakeBy(long deadline) => _nextLook = Math.Min(_nextLook, deadline);

    /// <summary>Schedules a turn after the current events, before the loop waits again.</summary>
    internal void Schedule(IScheduled scheduled) => _scheduled.Enqueue(scheduled);

    /// <summary>Gives the scheduled ones their turns; if there are none, waits once, and tells the watchers of the events.</summary>
    internal void RunOnce()
    {
        if (_scheduled.Count == 0)
        {
            RunOnce(MillisecondsToNextTime());
            return;
        }
        Now = _clock(); // a handler may have run since
        RunScheduled();
    }

    /// <summary>Tells the watchers of the events so far, without waiting.</summary>
    internal void Poll() => RunOnce(0);

    private void RunOnce(int milliseconds)
    {
        if (_unwatched.Count > 0)
            WatchNow();
        int count = Libc.Wait(_epoll, new Span<byte>(_events, MaxEvents * EpollEvent.NativeSize), milliseconds);
        Now = _clock();
        for (int i = 0; i < count; i++)
        {
            EpollEvent next = EpollEvent.Read(_events + i * EpollEvent.NativeSize);
            int descriptor = (int)(next.Token & uint.MaxValue);
            (IWatcher? watcher, uint generation, _) = _watchers[descriptor];
            if (generation == (uint)(next.Token >> 32))
                watcher?.OnReady(descriptor, (Readiness)next.Events);
        }
        RunScheduled();
        if (Now < _nextLook)
            return;
        LookAtTimes();
        RunScheduled();
    }

    public void Dispose()
    {
        Libc.Close(_epoll);
        Libc.Free(_events);
    }

    private void Enter(int descriptor, IWatcher watcher)
    {
        if (descriptor >= _watchers.Length)
            Array.Resize(ref _watchers, Math.Max(2 * _watchers.Length, descriptor + 1));
        ref (IWatcher? Watcher, uint Generation, Readiness Soon) entry = ref _watchers[descriptor];
        entry = (watcher, entry.Generation + 1, Readiness.None);
    }

    private void Leave(int descriptor)
    {
        if (descriptor < _watchers.Length)
            (_watchers[descriptor].Watcher, _watchers[descriptor].Soon) = (null, Readiness.None);
    }

    private void WatchNow()
    {
        foreach (int descriptor in _unwatched)
        {
            ref Readiness soon = ref _watchers[descriptor].Soon;
            if (soon == Readiness.None)
                continue;
            Libc.Watch(_epoll, descriptor, soon, TokenOf(descriptor));
            soon = Readiness.None;
        }
        _unwatched.Clear();
    }

    /// <summary>The value that epoll returns with an event: the descriptor, and the generation of its number.</summary>
    private ulong TokenOf(int descriptor) => (ulong)_watchers[descriptor].Generation << 32 | (uint)descriptor;

    /// <summary>There are as many deadlines as connections and scripts, and it is seldom that one comes: looking at all of them then is the cheapest way.</summary>
    private void LookAtTimes()
    {
        for (int i = _timed.Count - 1; i >= 0; i--)
        {
            if (i < _timed.Count && _timed[i].Deadline <= Now)
                Tell(_timed[i]);
        }
        _nextLook = long.MaxValue;
        foreach (IDeadline timed in _timed)
            WakeBy(timed.Deadline);
    }

    private void Tell(IDeadline timed)
    {
        timed.OnDeadline();
        // Else the loop would never wait again, and use all of a processor.
        if (timed.Deadline <= Now && _timed.Remove(timed))
            Overdue?.Invoke(timed);
    }

    private void RunScheduled()
    {
        while (_scheduled.TryDequeue(out IScheduled? scheduled))
            scheduled.OnTurn();
    }

    private int MillisecondsToNextTime() => _nextLook == long.MaxValue ? -1 : (int)Math.Clamp(_nextLook - _clock(), 0, int.MaxValue);
}
