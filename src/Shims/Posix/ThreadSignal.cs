namespace Shims.Posix;

/// <summary>A signal from any thread to one that waits for it, without a descriptor. futex(2).</summary>
internal sealed unsafe class ThreadSignal
{
    private readonly int* _count = (int*)Libc.Allocate(sizeof(int));

    internal ThreadSignal() => *_count = 0;

    /// <summary>The number of times it has been given.</summary>
    internal int Count => Volatile.Read(ref *_count);

    /// <summary>Wakes the thread that waits.</summary>
    internal void Give()
    {
        Interlocked.Increment(ref *_count);
        Libc.WakeOne(_count);
    }

    /// <summary>Waits until it has been given more often, or the time is over.</summary>
    /// <param name="count">The earlier number.</param>
    /// <param name="milliseconds">-1 for ever.</param>
    internal void Wait(int count, int milliseconds) => Libc.WaitWhile(_count, count, milliseconds);
}
