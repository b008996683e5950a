using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Shims.AspNetCore.Starting;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.AspNetCore.Http;

/// <summary>The life of an app that serves HTTP on an inherited socket: the same ends as elsewhere.</summary>
/// <remarks>
/// First no more connections are taken, so that the next process gets them; the app is told to stop when those that have been taken have had a request, or a moment for it.
/// What is in flight then is Kestrel's to finish, within the host's time: a WebSocket would not end by itself.
/// </remarks>
/// <param name="options">When it ends.</param>
/// <param name="stopTaking">No more connections are to be taken.</param>
/// <param name="stop">Stops the app.</param>
internal sealed class HttpLife(ShimServerOptions options, Action stopTaking, Action stop) : IDisposable
{
    private const int LookInterval = 250;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _silent = [];
    private readonly ProgramFile[] _files = Array.ConvertAll([Environment.ProcessPath ?? "", .. AppFiles.WatchedWith(options.WatchedFiles)], static file => new ProgramFile(file));
    private readonly long _bornAt = Libc.Milliseconds();
    private long _idleSince = Libc.Milliseconds();
    private long _over = long.MaxValue;
    private long _count;
    private int _inFlight;
    private Timer? _look;
    private PosixSignalRegistration? _hangUp;

    /// <summary>Begins to look at the clock.</summary>
    internal void Start()
    {
        _idleSince = Libc.Milliseconds(); // the start may have taken longer than the idle time
        _look = new Timer(_ => Look(), null, LookInterval, LookInterval);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp);
    }

    /// <summary>A connection has been taken.</summary>
    internal void Take(ConnectionContext connection)
    {
        lock (_lock)
            _silent.Add(connection.ConnectionId);
    }

    /// <summary>A connection has ended.</summary>
    internal void Leave(ConnectionContext connection)
    {
        lock (_lock)
            _silent.Remove(connection.ConnectionId);
    }

    /// <summary>A request begins.</summary>
    internal void Begin(string? connection)
    {
        lock (_lock)
        {
            _inFlight++;
            _count++;
            if (connection is not null)
                _silent.Remove(connection);
        }
    }

    /// <summary>A request has ended.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _inFlight--;
            _idleSince = Libc.Milliseconds();
        }
    }

    /// <summary>Ends it, as soon as nothing is lost by that.</summary>
    internal void Finish()
    {
        lock (_lock)
            _over = Math.Min(_over, Libc.Milliseconds());
        stopTaking();
    }

    public void Dispose()
    {
        _look?.Dispose();
        _hangUp?.Dispose();
    }

    /// <summary>The next process opens the log anew. Runs on another thread.</summary>
    private void HangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        Finish();
    }

    private void Look()
    {
        long now = Libc.Milliseconds();
        bool isOver, isDone;
        lock (_lock)
        {
            isOver = _over != long.MaxValue || IsOver(now);
            isDone = isOver && (_silent.Count == 0 || now - _over > Limits.FirstRequestGrace);
        }
        if (isOver)
            Finish();
        if (isDone)
            stop();
    }

    private bool IsOver(long now) =>
        (options.IdleTimeout > TimeSpan.Zero && _inFlight == 0 && now - _idleSince >= options.IdleTimeout.TotalMilliseconds)
        || (options.MaxAge > TimeSpan.Zero && now - _bornAt >= options.MaxAge.TotalMilliseconds)
        || (options.MaxRequests > 0 && _count >= options.MaxRequests)
        || Array.Exists(_files, file => file.HasChanged(now));
}
