namespace Shims.Gateway.Requests;

/// <summary>The scripts that one event loop has started and that have not ended. Some go on after their request has been answered.</summary>
internal sealed class RunningScripts
{
    private readonly List<IRunningScript> _scripts = [];

    internal int Count => _scripts.Count;

    /// <summary>True if a process is one of the scripts themselves.</summary>
    internal bool Contains(int process) => _scripts.Exists(script => script.Id == process);

    internal void Add(IRunningScript script) => _scripts.Add(script);

    internal void Remove(IRunningScript script) => _scripts.Remove(script);

    /// <summary>Tells each to end.</summary>
    internal void Stop(StopReason reason)
    {
        foreach (IRunningScript script in _scripts.ToArray())
            script.Stop(reason);
    }

    /// <summary>Ends each now, with everything that it has started.</summary>
    internal void Kill()
    {
        foreach (IRunningScript script in _scripts)
            script.EndGroup();
    }
}
