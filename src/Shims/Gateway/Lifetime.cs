using System.Runtime.InteropServices;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>How long a program in wait mode lives: until it is told to end, has had nothing to do for <c>--idle</c> seconds, or its own file has changed.</summary>
internal sealed class Lifetime : IDisposable, IWatcher, ITimed
{
    private readonly GatewayServer _server;
    private readonly ProgramFile _program = new(Environment.ProcessPath ?? "");
    private readonly ProgramFile? _watched;
    private readonly PosixSignalRegistration[] _signals;
    private int _wake = Libc.CreateEvent();
    private bool _isFinishing;
    private long _finishUntil = long.MaxValue;

    internal Lifetime(GatewayServer server)
    {
        _server = server;
        if (server.Options.WatchedFile is { } watched)
            _watched = new ProgramFile(watched);
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
        server.Loop.Watch(_wake, Readiness.Read, this);
        server.Loop.Add(this);
    }

    /// <summary>Whether no more connections are to be taken.</summary>
    internal bool IsOver { get; private set; }

    public long Deadline => _isFinishing ? _finishUntil : IdleUntil;

    /// <summary>A connection that a web server keeps open without a request counts as idle.</summary>
    private long IdleUntil => _server.Options.Limits.IdleSeconds == 0 || _server.RequestCount > 0
        ? long.MaxValue
        : _server.IdleSince + _server.Options.Limits.IdleSeconds * 1000L;

    /// <summary>Whether a new version of the program has been installed. Then this process is over too.</summary>
    internal bool HasProgramChanged()
    {
        IsOver |= _program.HasChanged(_server.Loop.Now) || _watched?.HasChanged(_server.Loop.Now) == true;
        return IsOver;
    }

    /// <summary>Requests in flight may end, within bounds.</summary>
    internal void StartFinishing()
    {
        _isFinishing = true;
        _finishUntil = _server.Loop.Now + Limits.FinishTime;
        _server.Loop.Expect(_finishUntil);
        _server.Finish();
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness) => IsOver = true;

    void ITimed.OnTime()
    {
        if (_isFinishing)
        {
            _finishUntil = long.MaxValue;
            _server.Shutdown();
        }
        else
        {
            IsOver = true;
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _server.Loop.Remove(this);
        _server.Loop.Close(ref _wake);
    }

    /// <summary>Runs on another thread: all it does is to wake the loop.</summary>
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Span<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        Libc.Write(_wake, one);
    }
}
