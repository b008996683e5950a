using System.Diagnostics;

namespace Shims.Hosting;

/// <summary>Estimates whether handlers are quick enough to run on the thread that has the event loop: whether they take less time than handing them to another thread.</summary>
/// <remarks>
/// Guarded by its owner. A few slow ones among many change nothing: on a busy machine any handler looks slow now and then, because its thread has had to wait. One that keeps the loop so
/// long that it is taken away counts for more.
/// </remarks>
/// <param name="collections">The number of garbage collections; null for this process's own count.</param>
internal sealed class HandlerPace(Func<int>? collections = null)
{
    /// <summary>Quick handlers that make up for a slow one, and for one from which the loop was taken.</summary>
    private const int Slow = 8, Taken = 64;

    /// <summary>Above this handlers are slow; and the most that is remembered.</summary>
    private const int Enough = 64, Most = 128;

    /// <summary>A tenth of a millisecond: to wake a thread, and the loop again, takes a fifth of that.</summary>
    private static readonly long s_quick = Stopwatch.Frequency / 10_000;

    private int _slowness;
    private int _collections;

    /// <summary>True if the next handler is likely to be quick.</summary>
    internal bool IsQuick => _slowness <= Enough;

    /// <summary>A handler has run.</summary>
    /// <param name="ticks">The time, as <see cref="Stopwatch"/> counts.</param>
    internal void Ran(long ticks)
    {
        if (ticks >= s_quick && !HasCollected())
            Add(Slow);
        else if (_slowness > 0)
            _slowness--;
    }

    /// <summary>A handler blocks its thread, or has kept the loop so long that it was taken away.</summary>
    internal void Blocks() => Add(Taken);

    private void Add(int slowness) => _slowness = Math.Min(_slowness + slowness, Most);

    /// <summary>True if garbage has been collected since the last slow handler: that takes time, and is not the handler's fault.</summary>
    private bool HasCollected()
    {
        int count = collections is null ? GC.CollectionCount(0) : collections();
        if (count == _collections)
            return false;
        _collections = count;
        return true;
    }
}
