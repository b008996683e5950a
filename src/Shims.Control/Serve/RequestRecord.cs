using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>The record of a request. Several threads write and read it, so all access goes through <see cref="Update"/> and
/// <see cref="Look"/>.</summary>
internal sealed class RequestRecord
{
    /// <summary>The number of bytes kept of a body: enough for most forms and pictures.</summary>
    internal const int BodyCapacity = 1024 * 1024;

    /// <summary>The number of bytes kept of the body of an old request, once the bodies of newer ones take much memory.</summary>
    internal const int OldBodyCapacity = 16 * 1024;

    /// <summary>The number of bytes kept of standard error.</summary>
    internal const int ErrorCapacity = 16 * 1024;

    private readonly RequestLog _log;
    private readonly Lock _lock = new();
    private readonly DateTimeOffset _arrived = DateTimeOffset.Now;

    internal RequestRecord(RequestLog log, int id, string method, string target)
    {
        _log = log;
        (Id, Method, Target) = (id, method, target);
    }

    internal int Id { get; }

    internal string Method { get; }

    /// <summary>Path and query, as in the request line.</summary>
    internal string Target { get; }

    internal DateTimeOffset At => Origin.At ?? _arrived;

    internal RequestTimes Times { get; } = new();

    internal RequestOrigin Origin { get; init; } = RequestOrigin.Browser;

    internal IReadOnlyList<(string Name, string Value)> RequestHeaders { get; init; } = [];

    internal Preview RequestBody { get; } = new(BodyCapacity);

    internal Preview ResponseBody { get; } = new(BodyCapacity);

    internal Preview StandardError { get; } = new(ErrorCapacity);

    /// <summary>The first value of a header of the request, in upper or lower case; null if there is none.</summary>
    internal string? RequestHeader(string name) => ValueOf(RequestHeaders, name);

    /// <summary>The first value of a header of the response.</summary>
    internal string? ResponseHeader(string name) => ValueOf(ResponseHeaders, name);

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

    /// <summary>The header of the response, as the script wrote it.</summary>
    internal byte[] ResponseHead { get; set; } = [];

    /// <summary>The exit status of the program, in words; null while it runs.</summary>
    internal string? Exit { get; set; }

    /// <summary>The end of the script if it did not end well; null if it did, or still runs.</summary>
    internal ExitStatus? BadEnd { get; set; }

    /// <summary>Whether the gateway responded itself, so that its exit status is not the script's.</summary>
    internal bool IsRefused { get; set; }

    /// <summary>The environment of the script, if a capsule has it; null for requests to this server.</summary>
    internal IReadOnlyList<RequestVariable>? Environment { get; set; }

    /// <summary>The places of a capsule from which secrets were removed.</summary>
    internal IReadOnlyList<string> Redacted { get; set; } = [];

    /// <summary>Whether it stays in the list when newer requests come, and when the list is cleared.</summary>
    internal bool IsPinned { get; set; }

    /// <summary>Whether the request failed, or its script did after the response.</summary>
    internal bool HasFailed => State == RequestState.Truncated || Status >= 400 || BadEnd is not null;

    /// <summary>The number of bytes of its bodies that are kept.</summary>
    internal int KeptSize => RequestBody.Bytes.Length + ResponseBody.Bytes.Length;

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

    private static string? ValueOf(IReadOnlyList<(string Name, string Value)> headers, string name) =>
        headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
