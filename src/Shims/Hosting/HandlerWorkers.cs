namespace Shims.Hosting;

/// <summary>The threads that run handlers: started as they are needed, up to a bound, and kept. Guarded by the scheduler's lock.</summary>
/// <remarks>Not the thread pool, which adds threads slowly once its own are blocked; and blocking is what handlers do.</remarks>
internal sealed class HandlerWorkers(object sync, int maximum, ThreadStart work)
{
    /// <summary>Bytes of stack. Address space: pages are taken as they are touched.</summary>
    private const int StackSize = 1024 * 1024;

    private int _count;
    private int _idle;

    /// <summary>Workers that have been summoned and have not come yet.</summary>
    internal int Coming { get; private set; }

    /// <summary>Has an idle worker come, or a new one.</summary>
    /// <returns>False if there is none to be had.</returns>
    internal bool TrySummon()
    {
        if (_idle > 0)
        {
            _idle--;
            Monitor.Pulse(sync);
        }
        else if (_count == maximum || !TryStart())
        {
            return false;
        }
        Coming++;
        return true;
    }

    /// <summary>A worker that has been summoned is there.</summary>
    internal void Arrive() => Coming--;

    /// <summary>A worker has nothing to do: returns when it has been summoned and is there.</summary>
    internal void Rest()
    {
        _idle++;
        Monitor.Wait(sync);
        Arrive();
    }

    /// <returns>False if the system has no more threads, which does not matter as long as there is one.</returns>
    private bool TryStart()
    {
        try
        {
            new Thread(work, StackSize) { IsBackground = true, Name = "handler" }.Start();
            _count++;
            return true;
        }
        catch (OutOfMemoryException) when (_count > 0)
        {
            return false;
        }
    }
}
