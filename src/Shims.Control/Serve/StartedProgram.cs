using System.Diagnostics;
using System.Net.Sockets;
using Shims.Control.Processes;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>A program that was started for a request, and this end of its connection.</summary>
/// <remarks>
/// When the shim has read the request is seen on this end: a unix socket whose other end takes a message out of the queue can be written to anew, and epoll, edge-triggered, tells
/// so each time. The first telling is for the socket as it was made; the next one for the request's header, which is sent as a message of its own.
/// </remarks>
internal sealed class StartedProgram : IWatcher, IDeadline
{
    /// <summary>Milliseconds that a program has after SIGTERM.</summary>
    private const long Grace = 2000;

    /// <summary>Milliseconds that a shim has after its connection was closed: its script has <see cref="Grace"/> of them.</summary>
    private const long GraceForShims = 3000;

    private readonly EventLoop _loop;
    private readonly StartedProcess _process;
    private readonly ProgramLaunch _launch;
    private int _tellings;

    /// <param name="loop">All but what the properties say belongs to its thread.</param>
    /// <param name="process">The process.</param>
    /// <param name="launch">What was started.</param>
    /// <param name="connection">This end of the connection.</param>
    internal StartedProgram(EventLoop loop, StartedProcess process, ProgramLaunch launch, int connection)
    {
        (_loop, _process, _launch) = (loop, process, launch);
        StartedAt = Stopwatch.GetTimestamp();
        Connection = new Socket(new SafeSocketHandle(connection, ownsHandle: true));
        loop.Add(this);
        loop.Watch(connection, Readiness.Write, this);
    }

    /// <summary>What the web server would have. Whoever has sent the request disposes of it.</summary>
    internal Socket Connection { get; }

    /// <summary>When the program had been started: a <see cref="Stopwatch"/> timestamp.</summary>
    internal long StartedAt { get; }

    /// <summary>When it had read the header of the request; null as long as it has not, or if that was not seen.</summary>
    internal long? RequestReadAt { get; private set; }

    /// <summary>How it ended, once it has.</summary>
    internal Task<ExitStatus> Ended => _process.Ended;

    public long Deadline { get; private set; } = long.MaxValue;

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if ((readiness & Readiness.Write) == 0 || ++_tellings != 2)
            return;
        RequestReadAt = Stopwatch.GetTimestamp();
        _loop.Unwatch(descriptor);
    }

    void IDeadline.OnDeadline()
    {
        Deadline = long.MaxValue;
        _process.SignalGroup(Flags.SIGKILL);
    }

    /// <summary>Asks the program, and what is left of what it started, to end, and sees to it that they do. On the starter's thread.</summary>
    /// <remarks>A shim that stays beside its script sees that the connection is gone, and ends the script, which a signal to the shim would not reach.</remarks>
    internal void Stop()
    {
        if (_process.EndsGroup || Ended.IsCompleted)
            return;
        _process.EndsGroup = true;
        Connection.Dispose();
        bool isShimStill = _launch.IsShim && IsStill(_launch.Path);
        if (!isShimStill)
            _process.SignalGroup(Flags.SIGTERM);
        Deadline = Libc.Milliseconds() + (isShimStill ? GraceForShims : Grace);
        _loop.WakeBy(Deadline);
    }

    /// <summary>Whether the process still runs that program: <c>scgi-run</c> becomes the script.</summary>
    private bool IsStill(string path)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{_process.Id}/exe", returnFinalTarget: false)?.FullName == path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended at this moment, or has become somebody else's: it is no shim any more.
        }
    }
}
