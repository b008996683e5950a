namespace Shims.Posix;

/// <summary>Starts scripts, each with a process group of its own, and sees to their ends.</summary>
internal interface IScriptLauncher
{
    /// <summary>Starts a script.</summary>
    /// <param name="plan">The program to start; after a failure, where and why it failed.</param>
    /// <param name="processDescriptor">Becomes readable when the script ends.</param>
    /// <returns>The process id, or -1.</returns>
    int Start(ref LaunchPlan plan, out int processDescriptor);

    /// <inheritdoc cref="Libc.TryReap"/>
    bool TryReap(int process, out ExitStatus status);

    /// <inheritdoc cref="Libc.SignalGroup"/>
    void SignalGroup(int leader, int number);

    /// <inheritdoc cref="Libc.HasGroup"/>
    bool HasGroup(int leader);
}
