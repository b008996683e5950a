using System.Diagnostics;
using System.Net.Sockets;
using Shims.Posix;

namespace Shims.Control.Serving;

/// <summary>A program that was started for a request, and this end of its connection.</summary>
/// <remarks>
/// When the shim has read the request is seen on this end: a unix socket whose other end takes a message out of the queue can be written to anew, and epoll, edge-triggered, tells
/// so each time. The first telling is for the socket as it was made; the next one for the request's header, which is sent as a message of its own.
/// </remarks>
internal sealed class StartedProgram : IWatcher, ITimed
{
    /// <summary>Milliseconds that a program has after SIGTERM.</summary>
    private const long Grace = 2000;

    /// <summary>Milliseconds that a shim has after its connection was closed: its script has <see cref="Grace"/> of them.</summary>
    private const long GraceForShims = 3000;

    private readonly ProgramStarter _starter;
    private readonly ProgramLaunch _launch;
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _processDescriptor;
    private int _tellings;
    private bool _isToldToEnd;

    internal StartedProgram(ProgramStarter starter, ProgramLaunch launch, int id, int processDescriptor, int connection)
    {
        _starter = starter;
        _launch = launch;
        Id = id;
        _processDescriptor = processDescriptor;
        StartedAt = Stopwatch.GetTimestamp();
        ConnectionDescriptor = connection;
        Connection = new Socket(new SafeSocketHandle(connection, ownsHandle: true));
    }

    /// <summary>The process id.</summary>
    internal int Id { get; }

    /// <summary>What the web server would have. Whoever has sent the request disposes of it.</summary>
    internal Socket Connection { get; }

    /// <summary>When the program had been started: a <see cref="Stopwatch"/> timestamp.</summary>
    internal long StartedAt { get; }

    /// <summary>When it had read the header of the request; null as long as it has not, or if that was not seen.</summary>
    internal long? RequestReadAt { get; private set; }

    /// <summary>How it ended, once it has.</summary>
    internal Task<ExitStatus> Ended => _ended.Task;

    /// <summary>The number of <see cref="Connection"/>, for the starter's own thread.</summary>
    internal int ConnectionDescriptor { get; }

    public long Deadline { get; private set; } = long.MaxValue;

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if (descriptor == _processDescriptor)
        {
            OnEnd();
        }
        else if ((readiness & Readiness.Write) != 0 && ++_tellings == 2)
        {
            RequestReadAt = Stopwatch.GetTimestamp();
            _starter.Loop.Unwatch(descriptor);
        }
    }

    void ITimed.OnTime()
    {
        Deadline = long.MaxValue;
        Libc.SignalGroup(Id, Flags.SIGKILL);
    }

    /// <summary>Asks the program, and what is left of what it started, to end, and sees to it that they do. On the starter's thread.</summary>
    /// <remarks>A shim that stays beside its script sees that the connection is gone, and ends the script, which a signal to the shim would not reach.</remarks>
    internal void Stop()
    {
        if (_isToldToEnd || _ended.Task.IsCompleted)
            return;
        _isToldToEnd = true;
        Connection.Dispose();
        bool isShimStill = _launch.IsShim && IsStill(_launch.Path);
        if (!isShimStill)
            Libc.SignalGroup(Id, Flags.SIGTERM);
        Deadline = Libc.Milliseconds() + (isShimStill ? GraceForShims : Grace);
        _starter.Loop.Expect(Deadline);
    }

    /// <summary>Whether the process still runs that program: <c>scgi-run</c> becomes the script.</summary>
    private bool IsStill(string path)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{Id}/exe", returnFinalTarget: false)?.FullName == path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended at this moment, or has become somebody else's: it is no shim any more.
        }
    }

    private void OnEnd()
    {
        // Before it is collected, its number cannot mean anybody else.
        if (_isToldToEnd)
            Libc.SignalGroup(Id, Flags.SIGKILL);
        if (!Libc.TryReap(Id, out ExitStatus status))
            return;
        _starter.Loop.Close(ref _processDescriptor);
        _starter.OnEnded(this);
        _ended.SetResult(status);
    }
}
