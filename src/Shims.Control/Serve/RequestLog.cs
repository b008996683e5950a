namespace Shims.Control.Serve;

/// <summary>The last requests, up to <see cref="Capacity"/>, and those that are pinned, for the inspector.</summary>
/// <remarks>Nothing is queued for listeners. They are notified of a change, and fetch what is new since their last look, so a slow browser
/// costs no memory.</remarks>
internal sealed class RequestLog
{
    /// <summary>The number of requests that are kept.</summary>
    internal const int Capacity = 500;

    /// <summary>The largest number of requests that can be pinned.</summary>
    internal const int MaxPinned = 50;

    /// <summary>The number of bytes of bodies that are kept in full.</summary>
    private const long BodyBudget = 64L * 1024 * 1024;

    private readonly List<RequestRecord> _pinned = [];
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
    internal RequestRecord Add(string method, string target, IReadOnlyList<(string, string)> headers, RequestOrigin? origin = null)
    {
        RequestRecord record;
        lock (_lock)
        {
            record = new RequestRecord(this, ++_count, method, target)
            {
                RequestHeaders = headers,
                Origin = origin ?? RequestOrigin.Browser,
            };
            _records[record.Id % Capacity] = record;
        }
        TrimBodies();
        record.Update(static _ => { });
        return record;
    }

    /// <summary>The request with that number; null if it is no longer kept.</summary>
    internal RequestRecord? Find(int id)
    {
        lock (_lock)
        {
            return _records[id % Capacity] is { } record && record.Id == id ? record : _pinned.Find(pinned => pinned.Id == id);
        }
    }

    /// <summary>Keeps a request when newer ones come, and when the log is cleared; or no longer.</summary>
    /// <returns>False if too many are pinned.</returns>
    internal bool TryPin(RequestRecord record, bool isPinned)
    {
        lock (_lock)
        {
            if (isPinned && _pinned.Count == MaxPinned && !_pinned.Contains(record))
                return false;
            _pinned.Remove(record);
            if (isPinned)
                _pinned.Add(record);
        }
        record.Update(noted => noted.IsPinned = isPinned);
        return true;
    }

    /// <summary>All requests that are kept, oldest first.</summary>
    internal List<RequestRecord> All()
    {
        lock (_lock)
            return [.. _records.OfType<RequestRecord>().Union(_pinned).OrderBy(record => record.Id)];
    }

    /// <summary>The requests that have changed, oldest first.</summary>
    /// <param name="version">The version of the last look; 0 for all requests.</param>
    /// <param name="now">The version of this look.</param>
    internal List<RequestRecord> ChangedSince(long version, out long now)
    {
        lock (_lock)
        {
            now = _version;
            return [.. All().Where(record => record.Version > version)];
        }
    }

    /// <summary>Removes all requests that are not pinned.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_records);
            _forgottenUpTo = _count;
        }
        Notify(null);
    }

    /// <summary>Shortens the bodies of the oldest requests once all bodies together are larger than the budget.</summary>
    private void TrimBodies()
    {
        long size = 0;
        foreach (RequestRecord record in Enumerable.Reverse(All()))
        {
            size += record.Look(static noted => noted.KeptSize);
            if (size > BodyBudget && !record.Look(static noted => noted.IsPinned))
            {
                record.UpdateQuietly(static noted =>
                {
                    noted.RequestBody.Trim(RequestRecord.OldBodyCapacity);
                    noted.ResponseBody.Trim(RequestRecord.OldBodyCapacity);
                });
            }
        }
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
