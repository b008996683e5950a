using Shims.Control.Client;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>The record of a request. Several threads write and read it, so all access goes through <see cref="Update"/> and
/// <see cref="Look"/>.</summary>
internal sealed class RequestRecord
{
    /// <summary>The number of bytes kept of a request's body: enough to send most forms again.</summary>
    internal const int BodyCapacity = 64 * 1024;

    /// <summary>The number of bytes kept of a response, and of standard error.</summary>
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

    /// <summary>Path and query, as in the request line.</summary>
    internal string Target { get; }

    internal DateTimeOffset At { get; } = DateTimeOffset.Now;

    internal RequestTimes Times { get; } = new();

    /// <summary>The request that this one repeats; null if it is new.</summary>
    internal int? ReplayOf { get; init; }

    internal IReadOnlyList<(string Name, string Value)> RequestHeaders { get; init; } = [];

    internal Preview RequestBody { get; } = new(BodyCapacity);

    internal Preview ResponseBody { get; } = new(ResponseCapacity);

    internal Preview StandardError { get; } = new(ResponseCapacity);

    // The properties below change while the request runs.
    internal RequestState State { get; set; }

    internal int? Status { get; set; }

    /// <summary>Whether the response was the page that waits for the compilation of the app.</summary>
    internal bool IsCompiling { get; set; }

    /// <summary>The absolute path of the script or app.</summary>
    internal string? Script { get; set; }

    /// <summary>The command that was started.</summary>
    internal IReadOnlyList<string> Command { get; set; } = [];

    internal IReadOnlyList<RequestVariable> Variables { get; set; } = [];

    internal IReadOnlyList<(string Name, string Value)> ResponseHeaders { get; set; } = [];

    /// <summary>The exit status of the program, in words; null while it runs.</summary>
    internal string? Exit { get; set; }

    /// <summary>The cause of a failure, in words; null if there is none.</summary>
    internal string? Trouble { get; set; }

    /// <summary>Doctor's findings about the script, if the request failed.</summary>
    internal IReadOnlyList<Finding> Findings { get; set; } = [];

    /// <summary>The number of the last change among those of all requests. Only the log uses it.</summary>
    internal long Version { get; set; }

    /// <summary>Changes the record, and notifies the listeners.</summary>
    internal void Update(Action<RequestRecord> change)
    {
        lock (_lock)
            change(this);
        _log.Notify(this);
    }

    /// <summary>Changes the record without notifying the listeners.</summary>
    internal void UpdateQuietly(Action<RequestRecord> change)
    {
        lock (_lock)
            change(this);
    }

    /// <summary>Reads from the record.</summary>
    internal T Look<T>(Func<RequestRecord, T> view)
    {
        lock (_lock)
            return view(this);
    }
}
