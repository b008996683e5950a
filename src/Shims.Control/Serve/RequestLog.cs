namespace Shims.Control.Serve;

/// <summary>The last requests, and who waits for the next one. Its size has a bound, whatever happens.</summary>
/// <remarks>Nothing is queued for those who watch: they are told that something has changed, and take what is new since they last looked. A slow browser misses nothing but what nobody could read.</remarks>
internal sealed class RequestLog
{
    /// <summary>How many requests are remembered.</summary>
    internal const int Capacity = 500;

    private readonly RequestRecord?[] _records = new RequestRecord?[Capacity];
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _count;
    private int _forgottenUpTo;
    private long _version;

    /// <summary>Requests since the start.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Requests up to this one have been forgotten by <see cref="Clear"/>.</summary>
    internal int ForgottenUpTo => Volatile.Read(ref _forgottenUpTo);

    /// <summary>Completed with the next change. Take it before you look.</summary>
    internal Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>Begins to remember a request.</summary>
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

    /// <summary>A request that is remembered; null if it is not any more.</summary>
    internal RequestRecord? Find(int id)
    {
        lock (_lock)
            return id > _forgottenUpTo && _records[id % Capacity] is { } record && record.Id == id ? record : null;
    }

    /// <summary>The requests in which something has changed, oldest first.</summary>
    /// <param name="version">Where the last look ended; 0 for everything.</param>
    /// <param name="now">Where this one does.</param>
    internal List<RequestRecord> ChangedSince(long version, out long now)
    {
        lock (_lock)
        {
            now = _version;
            return [.. _records.OfType<RequestRecord>().Where(record => record.Version > version).OrderBy(record => record.Id)];
        }
    }

    /// <summary>Forgets all requests.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_records);
            _forgottenUpTo = _count;
        }
        Tell(null);
    }

    /// <summary>Lets those who watch know.</summary>
    /// <param name="record">What has changed; null for the list as a whole.</param>
    internal void Tell(RequestRecord? record)
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
