using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Scripts;

/// <summary>A script that runs on after its response is complete: the log is told if it does not end well.</summary>
internal sealed class DetachedScript(ScriptProcess process, string script, string requestId, LoopContext context) : IScriptOwner
{
    void IScriptOwner.OnScriptEnded()
    {
        if (process.Stopped == StopReason.Shutdown)
            return;
        if (process.Failure(script) is { } failure)
            context.Report(requestId, failure with { Cause = $"{failure.Cause}, after its response was complete" });
        else if (process.ExitCode != 0)
            context.Report(requestId, new Fault(502, $"{script} ended with exit status {process.ExitCode}, after its response was complete", $"see what it wrote to standard error, or run shimctl doctor {script}"));
    }
}
