using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Answers with a script that writes to the connection itself; the shim waits beside it, and tells the truth about its end.</summary>
/// <remarks>
/// What the script has written is not known here, so a failure is always shown by breaking the connection off: before the header that makes
/// the web server say 502 by itself, after it the client sees a broken reply.
/// </remarks>
internal sealed class ScriptSupervision : Answer, IScriptOwner
{
    private ScriptProcess? _process;

    private ScriptSupervision(Exchange exchange)
        : base(exchange)
    {
    }

    /// <summary>Starts the script with the connection as its output.</summary>
    /// <param name="exchange">The request, with its whole body in the spool.</param>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <param name="connection">What becomes its output.</param>
    /// <returns>Null after a failure; the plan says why.</returns>
    internal static ScriptSupervision? Start(Exchange exchange, ref LaunchPlan plan, int connection)
    {
        var supervision = new ScriptSupervision(exchange);
        int input = InputFrom(exchange);
        (plan.Input, plan.Output, plan.Error) = (input, connection, 2);
        if (input >= 0)
            supervision._process = ScriptProcess.Start(exchange, ref plan);
        else
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
        if (input != exchange.Server.NullDevice)
            Libc.Close(input);
        if (supervision._process is null)
            return null;
        supervision._process.Owner = supervision;
        exchange.HasAnswerLeft = true; // for all we know
        return supervision;
    }

    internal override void Advance()
    {
        // The script does it all.
    }

    internal override void Abandon(StopReason reason)
    {
        _process?.Stop(reason);
        // That it then ends by a signal is no fault of its own, and nobody is left to be told.
        if (reason == StopReason.PeerGone && _process is not null)
            _process.Owner = null;
    }

    void IScriptOwner.OnScriptEnded()
    {
        int exitCode = _process!.Status.Code;
        if (_process.Failure(PrintableText.Of(Exchange.Plan)) is { } failure)
        {
            Exchange.Fail(failure);
        }
        else if (ScriptDiagnosis.ExplainEnd(Exchange.Plan, exitCode) is { } unstarted)
        {
            Exchange.HasAnswerLeft = false; // not one instruction of it has run
            Exchange.Fail(unstarted);
        }
        else
        {
            Exchange.End(exitCode);
        }
    }

    /// <summary>The small body and then the end: scripts that read to the end of input need no special care.</summary>
    private static int InputFrom(Exchange exchange) =>
        exchange.BodyLength == 0 ? exchange.Server.NullDevice : Libc.OpenHolding(exchange.Body.Front());
}
