namespace Shims.Control.Serve;

/// <summary>The last requests, up to <see cref="Capacity"/>, for the inspector.</summary>
/// <remarks>Nothing is queued for listeners. They are notified of a change, and fetch what is new since their last look, so a slow browser
/// costs no memory.</remarks>
internal sealed class RequestLog
{
    /// <summary>The number of requests that are kept.</summary>
    internal const int Capacity = 500;

    private readonly RequestRecord?[] _records = new RequestRecord?[Capacity];
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _count;
    private int _forgottenUpTo;
    private long _version;

    /// <summary>The number of requests since the start.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The last request that <see cref="Clear"/> removed.</summary>
    internal int ForgottenUpTo => Volatile.Read(ref _forgottenUpTo);

    /// <summary>Completed at the next change. Get it before you read.</summary>
    internal Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>Adds a request.</summary>
    internal RequestRecord Add(string method, string target, IReadOnlyList<(string, string)> headers, int? replayOf = null)
    {
        RequestRecord record;
        lock (_lock)
        {
            record = new RequestRecord(this, ++_count, method, target) { RequestHeaders = headers, ReplayOf = replayOf };
            _records[record.Id % Capacity] = record;
        }
        record.Update(static _ => { });
        return record;
    }

    /// <summary>The request with that number; null if it is no longer kept.</summary>
    internal RequestRecord? Find(int id)
    {
        lock (_lock)
            return id > _forgottenUpTo && _records[id % Capacity] is { } record && record.Id == id ? record : null;
    }

    /// <summary>The requests that have changed, oldest first.</summary>
    /// <param name="version">The version of the last look; 0 for all requests.</param>
    /// <param name="now">The version of this look.</param>
    internal List<RequestRecord> ChangedSince(long version, out long now)
    {
        lock (_lock)
        {
            now = _version;
            return [.. _records.OfType<RequestRecord>().Where(record => record.Version > version).OrderBy(record => record.Id)];
        }
    }

    /// <summary>Removes all requests.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_records);
            _forgottenUpTo = _count;
        }
        Notify(null);
    }

    /// <summary>Notifies the listeners of a change.</summary>
    /// <param name="record">The request that has changed; null for the list as a whole.</param>
    internal void Notify(RequestRecord? record)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            _version++;
            if (record is not null)
                record.Version = _version;
            told = _changed;
            _changed = NewSignal();
        }
        told.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
