using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>A script that runs on after the end of its response: the log is told if it does not end well.</summary>
internal sealed class DetachedScript(ScriptProcess process, string script, string requestId, LoopContext context) : IScriptOwner
{
    string IScriptOwner.Script => script;

    void IScriptOwner.OnScriptEnded()
    {
        if (process.Stopped == StopReason.Shutdown)
            return;
        if (process.Status.Signal == Flags.SIGPIPE)
            context.Report(requestId, new Fault(502, $"{script} wrote after the end of its response (signal 13, SIGPIPE)",
                "let it end its output, or count bytes, not characters, for its Content-Length"));
        else if (process.Failure(script) is { } failure)
            context.Report(requestId, failure with { Cause = $"{failure.Cause}, after the end of its response" });
        else if (process.ExitCode != 0)
            context.Report(requestId, new Fault(502, $"{script} ended with exit status {process.ExitCode}, after the end of its response", $"see what it wrote to standard error, or run shimctl doctor {script}"));
    }
}
