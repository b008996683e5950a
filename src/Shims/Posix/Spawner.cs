namespace Shims.Posix;

/// <summary>What a thread needs to start scripts: memory for the first moments of each, one after the other, while the thread stands still.</summary>
internal sealed unsafe class Spawner
{
    private const int StackSize = 64 * 1024;

    private readonly byte* _stack = Libc.Allocate(StackSize);
    private readonly ulong _ignoredSignals = Libc.PrepareToSpawn();

    /// <summary>Starts a script from the thread that made this. See <see cref="Libc.Spawn"/>.</summary>
    internal int Start(ref LaunchPlan plan, out int processDescriptor)
    {
        plan.IsSupervised = true;
        plan.IgnoredSignals = _ignoredSignals;
        fixed (LaunchPlan* start = &plan)
            return Libc.Spawn(start, new Span<byte>(_stack, StackSize), out processDescriptor);
    }
}
