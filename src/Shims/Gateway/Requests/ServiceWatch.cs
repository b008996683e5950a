using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Watches a process on a listening socket: what runs in it, what waits, and how many requests it has answered. For the status page, the ping and the log.</summary>
/// <remarks>All loops write to it, and any thread may read. A request adds to plain counters, and is in the list while its script or handler runs: nothing is made for it.</remarks>
/// <param name="counts">True to count requests by status and mode, which only the status page shows.</param>
internal sealed class ServiceWatch(bool counts)
{
    private const int Statuses = 600, Modes = (int)RequestMode.Handler + 1;

    private readonly Lock _gate = new();
    private readonly List<IRunningRequest> _running = [];
    private readonly long[]? _counts = counts ? new long[Statuses * Modes] : null;
    private long _answered, _refused, _queued, _scriptMilliseconds;
    private volatile bool _isEnding;

    /// <summary>The time when the process began to serve, in milliseconds since 1970.</summary>
    internal long Since { get; } = Libc.UnixMilliseconds();

    /// <summary>The same on the loops' clock.</summary>
    internal long SinceOnLoop { get; } = Libc.Milliseconds();

    /// <summary>True from when the process is to end.</summary>
    internal bool IsEnding => _isEnding;

    /// <summary>Requests that have ended.</summary>
    internal long Answered => Interlocked.Read(ref _answered);

    /// <summary>Requests that found no slot: <c>--max</c>.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests that wait for a slot now: <c>--max-wait</c>.</summary>
    internal long Queued => Interlocked.Read(ref _queued);

    /// <summary>Milliseconds that scripts and handlers have run, those left out that still do.</summary>
    internal long ScriptMilliseconds => Interlocked.Read(ref _scriptMilliseconds);

    /// <summary>What runs now, in the order of its start.</summary>
    internal IRunningRequest[] Running
    {
        get
        {
            lock (_gate)
                return [.. _running];
        }
    }

    /// <summary>The number of requests for each status and mode that there was.</summary>
    internal List<(int Status, RequestMode Mode, long Count)> Counts
    {
        get
        {
            var counted = new List<(int, RequestMode, long)>();
            for (int i = 0; _counts is not null && i < _counts.Length; i++)
            {
                if (Interlocked.Read(ref _counts[i]) is > 0 and long count)
                    counted.Add((i / Modes, (RequestMode)(i % Modes), count));
            }
            return counted;
        }
    }

    /// <summary>The process is to end, whatever is still in flight.</summary>
    internal void BeginEnding() => _isEnding = true;

    /// <summary>A script or a handler has started.</summary>
    internal void Add(IRunningRequest request)
    {
        lock (_gate)
            _running.Add(request);
    }

    /// <summary>A script or a handler has ended.</summary>
    /// <param name="request">As it was added.</param>
    /// <param name="now">Milliseconds, on the loops' clock.</param>
    internal void Remove(IRunningRequest request, long now)
    {
        lock (_gate)
            _running.Remove(request);
        Interlocked.Add(ref _scriptMilliseconds, now - request.StartedAt);
    }

    /// <summary>A request found no slot.</summary>
    internal void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>A request has begun to wait for a slot (1), or waits no longer (-1).</summary>
    internal void CountQueued(int change) => Interlocked.Add(ref _queued, change);

    /// <summary>A request has ended.</summary>
    /// <param name="status">The status of its response; 0 if it is not known.</param>
    /// <param name="mode">The way in which it was answered.</param>
    internal void CountAnswered(int status, RequestMode mode)
    {
        Interlocked.Increment(ref _answered);
        if (_counts is not null)
            Interlocked.Increment(ref _counts[((uint)status < Statuses ? status : 0) * Modes + (int)mode]);
    }
}
