using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>Starts no process: the test is the script.</summary>
internal sealed class ScriptedLauncher : IScriptLauncher, IDisposable
{
    /// <summary>No process has such a number.</summary>
    private const int FirstId = 1_000_000_000;

    private readonly List<ScriptedScript> _scripts = [];

    /// <summary>The last script that was started.</summary>
    internal ScriptedScript Script => _scripts[^1];

    public int Start(ref LaunchPlan plan, out int processDescriptor)
    {
        _scripts.Add(new ScriptedScript(plan, out processDescriptor));
        return FirstId + _scripts.Count - 1;
    }

    public bool TryReap(int process, out ExitStatus status)
    {
        ScriptedScript script = _scripts[process - FirstId];
        status = script.Status ?? default;
        return script.Status is not null;
    }

    public void SignalGroup(int leader, int number) => _scripts[leader - FirstId].OnSignal(number);

    public void Dispose()
    {
        foreach (ScriptedScript script in _scripts)
            script.Dispose();
    }
}
