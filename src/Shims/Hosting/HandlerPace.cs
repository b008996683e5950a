using System.Diagnostics;

namespace Shims.Hosting;

/// <summary>Whether handlers are quick enough, as a rule, to run on the thread that has the event loop: whether they take less than it costs to hand them to another.</summary>
/// <remarks>Guarded by whoever holds it. A slow one counts as much as many quick ones, and one alone changes nothing: a busy machine makes any handler look slow now and then.</remarks>
/// <param name="collections">How often garbage has been collected; null for this process's own count.</param>
internal sealed class HandlerPace(Func<int>? collections = null)
{
    /// <summary>What a slow handler counts.</summary>
    private const int Slow = 64;

    /// <summary>The most that is remembered: so many quick handlers later all is forgotten.</summary>
    private const int Most = 4 * Slow;

    /// <summary>A tenth of a millisecond: to wake a thread, and the loop again, takes a fifth of that.</summary>
    private static readonly long s_quick = Stopwatch.Frequency / 10_000;

    private int _slowness;
    private int _collections;

    /// <summary>Whether the next handler is likely to be quick.</summary>
    internal bool IsQuick => _slowness <= Slow;

    /// <summary>A handler has run.</summary>
    /// <param name="ticks">How long, as <see cref="Stopwatch"/> counts.</param>
    internal void Ran(long ticks)
    {
        if (ticks >= s_quick && !HasCollected())
            WasSlow();
        else if (_slowness > 0)
            _slowness--;
    }

    /// <summary>A handler has been slow, or is.</summary>
    internal void WasSlow() => _slowness = Math.Min(_slowness + Slow, Most);

    /// <summary>Whether garbage has been collected since the last slow handler: that takes time, and is not the handler's fault.</summary>
    private bool HasCollected()
    {
        int count = collections is null ? GC.CollectionCount(0) : collections();
        if (count == _collections)
            return false;
        _collections = count;
        return true;
    }
}
