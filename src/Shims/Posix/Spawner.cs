namespace Shims.Posix;

/// <summary>Starts scripts from one thread. Holds the memory for the first moments of each, one after the other, while the thread stands still.</summary>
internal sealed unsafe class Spawner : IScriptLauncher
{
    private const int StackSize = 64 * 1024;

    private byte* _stack;
    private ulong _ignoredSignals;
    private bool _isCloneRefused;

    /// <inheritdoc/>
    /// <remarks>
    /// From one thread only. See <see cref="Libc.CloneAndExec"/>. A sandbox or an emulator may refuse clone(2) as it is called there, and permit what the C library does:
    /// <see cref="Libc.PosixSpawn"/>.
    /// </remarks>
    public int Start(ref LaunchPlan plan, out int processDescriptor)
    {
        if (_stack == null)
            Prepare();
        plan.IsSupervised = true;
        plan.IgnoredSignals = _ignoredSignals;
        fixed (LaunchPlan* start = &plan)
        {
            if (_isCloneRefused)
                return Libc.PosixSpawn(start, out processDescriptor);
            int process = Libc.CloneAndExec(start, new Span<byte>(_stack, StackSize), out processDescriptor);
            _isCloneRefused = process < 0 && plan.IsWayRefused;
            return _isCloneRefused ? Libc.PosixSpawn(start, out processDescriptor) : process;
        }
    }

    public bool TryReap(int process, out ExitStatus status) => Libc.TryReap(process, out status);

    public void SignalGroup(int leader, int number) => Libc.SignalGroup(leader, number);

    /// <summary>Once, by the thread that starts scripts.</summary>
    private void Prepare()
    {
        _stack = Libc.Allocate(StackSize);
        _ignoredSignals = Libc.PrepareToSpawn();
    }
}
