using System.Runtime.InteropServices;
using Shims.Gateway.Requests;
using Shims.Gateway.Watching;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The lifetime of a program in wait mode: until it is told to end, has had nothing to do for <c>--idle</c> seconds, or its own file has been replaced.</summary>
/// <remarks>One for all event loops of the process. The first of them looks at the clock; any may find that the file has changed.</remarks>
internal sealed class Lifetime : IDisposable, IDeadline
{
    private readonly EventLoop _first;
    private readonly RequestCount _requests;
    private readonly long _idleTime;
    private readonly ProgramFile _program = new(Environment.ProcessPath ?? "");
    private readonly ProgramFile[] _watched;
    private readonly PosixSignalRegistration[] _signals;
    private readonly ServiceContext _service;
    private readonly bool _hasSuccessor;
    private readonly bool _hasTerminal = Libc.HasTerminal();
    private int _wake = Libc.CreateEvent();
    private long _lookedAt;
    private long _outdatedUntil;
    private volatile LifePhase _phase;

    /// <param name="first">The first loop.</param>
    /// <param name="hasSuccessor">True if the socket is a super-server's, which starts the next process: only then a new version of the program ends this one.</param>
    internal Lifetime(LoopContext first, bool hasSuccessor)
    {
        _hasSuccessor = hasSuccessor;
        _first = first.Loop;
        _requests = first.Service.Requests;
        _service = first.Service;
        _idleTime = first.Limits.IdleSeconds * 1000L;
        _watched = Array.ConvertAll(first.Options.WatchedFiles, static file => new ProgramFile(file));
        // An app's console has descriptors of its own for the log: the next process opens it anew.
        _signals = !first.Options.EndsBySignals ? [PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)] :
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp),
            PosixSignalRegistration.Create((PosixSignal)Flags.SIGUSR1, OnQuestion),
        ];
        _lookedAt = _first.Now;
        _first.Add(this);
    }

    /// <summary>True if no more connections are to be taken.</summary>
    internal bool IsOver => _phase == LifePhase.Over;

    /// <summary>The time to check if <c>--idle</c> is over. While there are requests, that is at least the idle time after the last check.</summary>
    public long Deadline => _idleTime == 0 || IsOver ? long.MaxValue
        : (_requests.InFlight > 0 ? _lookedAt : _requests.IdleSince) + _idleTime;

    /// <summary>Wakes a loop when it is over, and with all others.</summary>
    internal void Wake(EventLoop loop, IWatcher watcher) => loop.Watch(_wake, Readiness.Read, watcher);

    /// <summary>Wakes all loops.</summary>
    /// <remarks>The event is never read, so that it wakes every loop, and one that comes later too.</remarks>
    internal void WakeAll() => Libc.SetEvent(_wake);

    /// <summary>Ends it.</summary>
    internal void End()
    {
        _phase = LifePhase.Over;
        _service.Watch?.BeginEnding();
        WakeAll();
    }

    /// <summary>A connection has come: sees whether a new version of the program has been installed, which then is to serve as soon as this one can be spared.</summary>
    /// <param name="now">Milliseconds, on the loops' clock.</param>
    internal void Look(long now)
    {
        if (!_hasSuccessor)
            return;
        if (_phase == LifePhase.Outdated && now >= Volatile.Read(ref _outdatedUntil))
            End();
        if (_phase != LifePhase.Serving || !(_program.HasChanged(now) || Array.Exists(_watched, file => file.HasChanged(now))))
            return;
        Volatile.Write(ref _outdatedUntil, now + Limits.OutdatedTime);
        _phase = LifePhase.Outdated;
        _requests.WhenNone(End);
    }

    /// <summary>A connection that a web server keeps open without a request counts as idle.</summary>
    void IDeadline.OnDeadline()
    {
        _lookedAt = _first.Now;
        if (_requests.InFlight == 0 && _lookedAt - _requests.IdleSince >= _idleTime)
            End();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _first.Remove(this);
        _first.Close(ref _wake);
    }

    /// <summary>Runs on another thread.</summary>
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        End();
    }

    /// <summary>The log is to have what runs. Runs on another thread.</summary>
    private void OnQuestion(PosixSignalContext context)
    {
        context.Cancel = true;
        RunningReport.Write(_service);
    }

    /// <summary>The log has been renamed; or the terminal in which the program was started has gone. Runs on another thread.</summary>
    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_hasTerminal && !Libc.HasTerminal())
        {
            End();
            return;
        }
        ErrorOutput.Reopen(_service.Options);
        _service.AccessLog?.Reopen();
    }
}
