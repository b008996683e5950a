using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>Responds with a script that writes to the connection itself; the shim waits beside it, and tells the truth about its end.</summary>
/// <remarks>
/// What the script has written is not known here, so a failure is always shown by breaking the connection off: before the header that makes
/// the web server say 502 by itself, after it the client sees a broken response. Nor is it known what a background process of the script still has to write: one that has
/// the connection is waited for as <see cref="ScriptRelay"/> does; then the connection is ended over its head.
/// </remarks>
internal sealed class ScriptSupervision : Response, IScriptOwner, IDeadline
{
    /// <summary>Milliseconds between two looks at the processes that a script has left, at first and later.</summary>
    private const int ShortestInterval = 20, LongestInterval = 500;

    private readonly string _script;
    private readonly int _connection;
    private ScriptProcess? _process;
    private bool _isWaiting;
    private bool _isToldToEnd;
    private bool _hasWrittenMore;
    private int _interval;
    private long _written;
    private long _quietSince;
    private long _deadline = long.MaxValue;

    private ScriptSupervision(Exchange exchange, int connection)
        : base(exchange)
    {
        _script = PrintableText.Of(exchange.Plan);
        _connection = connection;
    }

    string IScriptOwner.Script => _script;

    long IDeadline.Deadline => _deadline;

    private EventLoop Loop => Exchange.Context.Loop;

    /// <summary>Starts the script with the connection as its output.</summary>
    /// <param name="exchange">The request, with its whole body in the spool.</param>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <param name="connection">The descriptor that becomes its output.</param>
    /// <returns>Null after a failure; the plan says why.</returns>
    internal static ScriptSupervision? Start(Exchange exchange, ref LaunchPlan plan, int connection)
    {
        var supervision = new ScriptSupervision(exchange, connection);
        int input = InputFrom(exchange);
        (plan.Input, plan.Output, plan.Error) = (input, connection, 2);
        if (input >= 0)
            supervision._process = ScriptProcess.Start(exchange, ref plan);
        else
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
        if (input != exchange.Context.Service.NullDevice)
            Libc.Close(input);
        if (supervision._process is null)
            return null;
        supervision._process.Owner = supervision;
        exchange.HasResponseStarted = true; // for all we know
        return supervision;
    }

    internal override void Advance()
    {
        // The script does it all.
    }

    internal override void Abandon(StopReason reason)
    {
        _isToldToEnd = reason == StopReason.Shutdown;
        if (_isWaiting)
            Loop.WakeBy(_deadline = Loop.Now);
        _process?.Stop(reason);
        if (reason != StopReason.PeerGone || _process is null)
            return;
        // That it then ends by a signal is not its own fault, and no one is left to be told.
        _process.Owner = null;
        StopWaiting();
        if (!_process.HasEnded)
            _process.TellOfPeerGone(Exchange, _script, hasAnswered: false);
    }

    void IScriptOwner.OnScriptEnded()
    {
        ScriptProcess process = _process!;
        List<int> holders = OutputHolders.StartedAfter(process.Id, _connection, Exchange.Context.Scripts);
        if (process.Failure(_script) is { } failure)
        {
            // As long as one of them has the connection, the web server does not see that it broke off.
            OutputHolders.End(holders, _connection);
            Exchange.Fail(failure);
        }
        else if (ScriptDiagnosis.ExplainEnd(Exchange.Plan, process.Status.Code) is { } unstarted)
        {
            Exchange.HasResponseStarted = false; // not one instruction of it has run
            Exchange.Fail(unstarted);
        }
        else if (holders.Count > 0)
        {
            AwaitHolders(holders);
        }
        else
        {
            End();
        }
    }

    void IDeadline.OnDeadline()
    {
        List<int> holders = OutputHolders.Of(_connection);
        long written = OutputHolders.Written(holders), now = Loop.Now;
        if (written != _written)
            (_written, _quietSince, _hasWrittenMore) = (written, now, true);
        long end = _process!.HoldersTime(_quietSince);
        if (holders.Count == 0)
        {
            StopWaiting();
            End();
        }
        else if (_isToldToEnd)
        {
            StopWaiting();
            EndHolders(holders);
            Exchange.Fail(new Fault(503, $"processes that {_script} had left running were ended because the shim was told to end", "nothing to do: send the request again"));
        }
        else if (now >= end)
        {
            StopWaiting();
            EndHeldOpen(holders);
        }
        else
        {
            _interval = Math.Min(2 * _interval, LongestInterval);
            _deadline = Math.Min(now + _interval, end);
        }
    }

    /// <summary>A process that the script has started has the connection, and may have more to write to it. Nothing tells when it ends, so that is looked at now and then.</summary>
    private void AwaitHolders(List<int> holders)
    {
        _written = OutputHolders.Written(holders);
        _quietSince = Loop.Now;
        _interval = ShortestInterval;
        _deadline = Loop.Now + _interval;
        _isWaiting = true;
        Loop.Add(this);
    }

    private void StopWaiting()
    {
        if (_isWaiting)
            Loop.Remove(this);
        _isWaiting = false;
    }

    private void EndHeldOpen(List<int> holders)
    {
        ScriptProcess process = _process!;
        Fault fault = OutputHolders.Explain(_script, process, holders);
        if (process.HasAnswered(_hasWrittenMore))
        {
            Exchange.Report(fault);
            End();
            return;
        }
        EndHolders(holders);
        Exchange.Fail(fault);
    }

    /// <summary>Ends them, whether they are of the script's group or not: see above.</summary>
    private void EndHolders(List<int> holders)
    {
        _process!.EndGroup();
        OutputHolders.End(holders, _connection);
    }

    private void End()
    {
        int exitCode = _process!.Status.Code;
        if (exitCode != 0)
            _process.TellOfExitCode(Exchange, _script);
        Exchange.End(exitCode);
    }

    /// <summary>The small body and then the end: scripts that read to the end of input need no special care.</summary>
    private static int InputFrom(Exchange exchange) =>
        exchange.BodyLength == 0 ? exchange.Context.Service.NullDevice : Libc.OpenHolding(exchange.Body.Front());
}
