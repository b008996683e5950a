using System.Diagnostics;
using System.Net.Sockets;
using Shims.Control.Processes;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>A program that was started for a request, and this end of its connection.</summary>
/// <remarks>
/// Edge-triggered epoll shows when the shim reads the request: a unix socket becomes writable again whenever the other end takes a message
/// out of the queue.
/// The first event is for the new socket, the second one for the request's header, which is sent as a message of its own.
/// </remarks>
internal sealed class StartedProgram : IWatcher, IDeadline
{
    /// <summary>Milliseconds between SIGTERM and SIGKILL.</summary>
    private const long Grace = 2000;

    /// <summary>Milliseconds between the close of a shim's connection and SIGKILL: it gives its script <see cref="Grace"/> of
    /// them.</summary>
    private const long GraceForShims = 3000;

    private readonly EventLoop _loop;
    private readonly StartedProcess _process;
    private readonly ProgramLaunch _launch;
    private int _writableEvents;

    /// <param name="loop">The loop whose thread calls everything but the properties.</param>
    /// <param name="process">The process.</param>
    /// <param name="launch">The program that was started.</param>
    /// <param name="connection">This end of the connection.</param>
    internal StartedProgram(EventLoop loop, StartedProcess process, ProgramLaunch launch, int connection)
    {
        (_loop, _process, _launch) = (loop, process, launch);
        StartedAt = Stopwatch.GetTimestamp();
        Connection = new Socket(new SafeSocketHandle(connection, ownsHandle: true));
        loop.Add(this);
        loop.Watch(connection, Readiness.Write, this);
    }

    /// <summary>The web server's end of the connection. The sender of the request disposes of it.</summary>
    internal Socket Connection { get; }

    /// <summary>The time of the start: a <see cref="Stopwatch"/> timestamp.</summary>
    internal long StartedAt { get; }

    /// <summary>The time at which it had read the header of the request; null until it has, or if that was not seen.</summary>
    internal long? RequestReadAt { get; private set; }

    /// <summary>Its exit status, once it has ended.</summary>
    internal Task<ExitStatus> Ended => _process.Ended;

    public long Deadline { get; private set; } = long.MaxValue;

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if ((readiness & Readiness.Write) == 0 || ++_writableEvents != 2)
            return;
        RequestReadAt = Stopwatch.GetTimestamp();
        _loop.Unwatch(descriptor);
    }

    void IDeadline.OnDeadline()
    {
        Deadline = long.MaxValue;
        _process.SignalGroup(Flags.SIGKILL);
    }

    /// <summary>Terminates the program and its process group, and kills them after a grace period. Only on the starter's thread.</summary>
    /// <remarks>A shim that supervises its script ends it when the connection is closed. A signal to the shim would not reach the
    /// script.</remarks>
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

    /// <summary>Whether the process still runs that program: <c>scgi-run</c> executes the script in its place.</summary>
    private bool IsStill(string path)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{_process.Id}/exe", returnFinalTarget: false)?.FullName == path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or runs a set-id program: it is not the shim any more.
        }
    }
}
