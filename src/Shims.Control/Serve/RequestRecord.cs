using Shims.Control.Client;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>What is remembered of a request. Written while it is answered and read by whoever looks at it, so everything goes through <see cref="Update"/> and <see cref="Look"/>.</summary>
internal sealed class RequestRecord
{
    /// <summary>Bytes that are kept of a request's body: enough to send most forms again.</summary>
    internal const int BodyCapacity = 64 * 1024;

    /// <summary>Bytes that are kept of an answer, and of what a script wrote to standard error.</summary>
    internal const int ResponseCapacity = 16 * 1024;

    private readonly RequestLog _log;
    private readonly Lock _lock = new();

    internal RequestRecord(RequestLog log, int id, string method, string target)
    {
        _log = log;
        (Id, Method, Target) = (id, method, target);
    }

    internal int Id { get; }

    internal string Method { get; }

    /// <summary>Path and query, as they stood in the request line.</summary>
    internal string Target { get; }

    internal DateTimeOffset At { get; } = DateTimeOffset.Now;

    internal RequestTimes Times { get; } = new();

    /// <summary>The request that this one repeats.</summary>
    internal int? ReplayOf { get; init; }

    internal IReadOnlyList<(string Name, string Value)> RequestHeaders { get; init; } = [];

    internal Preview RequestBody { get; } = new(BodyCapacity);

    internal Preview ResponseBody { get; } = new(ResponseCapacity);

    internal Preview StandardError { get; } = new(ResponseCapacity);

    // What follows changes while the request is answered.
    internal RequestState State { get; set; }

    internal int? Status { get; set; }

    /// <summary>The script or app, absolute.</summary>
    internal string? Script { get; set; }

    /// <summary>The command that was started.</summary>
    internal IReadOnlyList<string> Command { get; set; } = [];

    internal IReadOnlyList<RequestVariable> Variables { get; set; } = [];

    internal IReadOnlyList<(string Name, string Value)> ResponseHeaders { get; set; } = [];

    /// <summary>How the program ended, in words; null while it runs.</summary>
    internal string? Exit { get; set; }

    /// <summary>What went wrong, in words; null if nothing did.</summary>
    internal string? Trouble { get; set; }

    /// <summary>What doctor says about the script; asked only where the answer was a failure.</summary>
    internal IReadOnlyList<Finding> Findings { get; set; } = [];

    /// <summary>The number of the last change, of those of all requests. Belongs to the log.</summary>
    internal long Version { get; set; }

    /// <summary>Changes something, and lets those who watch know.</summary>
    internal void Update(Action<RequestRecord> change)
    {
        lock (_lock)
            change(this);
        _log.Tell(this);
    }

    /// <summary>Changes what nobody watches as it grows.</summary>
    internal void UpdateQuietly(Action<RequestRecord> change)
    {
        lock (_lock)
            change(this);
    }

    /// <summary>Takes something out.</summary>
    internal T Look<T>(Func<RequestRecord, T> view)
    {
        lock (_lock)
            return view(this);
    }
}
