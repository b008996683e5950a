using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>Responds with a script whose every byte goes through the shim: input from the spool, output checked at its head, errors kept and passed on.</summary>
/// <remarks>
/// <para>No direction waits for another: a script that reads nothing, or writes before it has read, or leaves its children holding its output, blocks nothing.</para>
/// <para>The end of a response is the end of file on the script's output. If that comes first, the script has <see cref="Limits.EndGrace"/> to end too. If the script ends first, a process
/// that it has started holds the output: that one has as long as it goes on writing, and then <see cref="Limits.OutputWaitSeconds"/>. All of it is bounded by the script's time.</para>
/// </remarks>
internal sealed class ScriptRelay : Response, IWatcher, IScriptOwner, IDeadline
{
    private readonly string _script;
    private readonly ScriptPipes _pipes;
    private ScriptProcess? _process;
    private bool _isHolderTold;
    private long _endedAt;
    private long _deadline = long.MaxValue;

    private ScriptRelay(Exchange exchange)
        : base(exchange)
    {
        _script = PrintableText.Of(exchange.Plan);
        _pipes = new ScriptPipes(exchange, this);
    }

    /// <summary>The state of the script.</summary>
    internal RelayState State { get; private set; }

    string IScriptOwner.Script => _script;

    long IDeadline.Deadline => Math.Min(_deadline, _pipes.Deadline);

    internal override PipeWriter? Input => State == RelayState.Over ? null : _pipes.Input;

    /// <summary>True if the script will go on reading by itself, as nothing that it has written is held until the body has come in.</summary>
    internal override bool LetsBodyWait => Input is { State: PipeWriterState.Full } && _process is { HasEnded: false } && Output.Free > 0 && Exchange.Channel.CanTakeErrors;

    internal override bool MayGoOn => State != RelayState.Over;

    private ScriptOutput Output => _pipes.Output;

    private ScriptErrors Errors => _pipes.Errors;

    private ScriptVerdict Verdict => new(Exchange, _script, _pipes);

    private EventLoop Loop => Exchange.Context.Loop;

    /// <summary>Starts the script with pipes around it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <param name="waiting">A script that runs already; null if there is none.</param>
    /// <returns>Null after a failure; the plan or errno says why.</returns>
    internal static ScriptRelay? Start(Exchange exchange, ref LaunchPlan plan, WaitingScript? waiting)
    {
        var relay = new ScriptRelay(exchange);
        relay._process = relay._pipes.Start(ref plan, waiting);
        if (relay._process is null)
        {
            relay.Close();
            return null;
        }
        exchange.Observer?.Started();
        relay._process.Owner = relay;
        relay.Loop.Add(relay);
        return relay;
    }

    internal override void Advance()
    {
        if (State == RelayState.Over)
            return;
        _pipes.WriteAvailable();
        if (_pipes.IsInputLost)
        {
            Refuse(Verdict.LostBody);
            return;
        }
        Errors.Advance();
        Output.Advance();
        if (Output.Fault is not null)
            Refuse(Verdict.Malformed);
        else if (_process!.HasEnded)
            AdvanceToEnd(_process);
        else
            AdvanceRunning();
    }

    internal override void Abandon(StopReason reason)
    {
        if (reason != StopReason.ResponseComplete)
            _process?.Stop(reason);
        if (reason == StopReason.PeerGone && State != RelayState.Over)
            _process?.TellOfPeerGone(Exchange, _script, Exchange.HasResponseStarted);
        if (reason == StopReason.ResponseComplete && State != RelayState.Over)
            LetGo(_process!);
        else if (reason is StopReason.PeerGone or StopReason.ResponseComplete or StopReason.Refused)
            Close();
    }

    internal override void ClientLeft() => _process?.TellOfPeerGone(Exchange, _script, Exchange.HasResponseStarted, goesOn: true);

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        bool hasWritten = _pipes.OnReady(descriptor, readiness);
        if (hasWritten && State == RelayState.Silent)
            Enter(RelayState.Pausing);
        else if (hasWritten && State == RelayState.Ended)
            Enter(RelayState.HeldOpen);
        if (!hasWritten || State != RelayState.Pausing)
            Exchange.Schedule();
    }

    void IScriptOwner.OnScriptEnded()
    {
        _pipes.LookAgain();
        _endedAt = Loop.Now;
        Enter(Output.HasEnded ? RelayState.Ended : RelayState.HeldOpen);
        Exchange.Schedule();
    }

    void IDeadline.OnDeadline()
    {
        _pipes.OnDeadline();
        // Of HeldOpen the next turn sees the end.
        if (_deadline <= Loop.Now)
            Enter(State == RelayState.Pausing ? RelayState.Streaming : State == RelayState.OutputEnded ? RelayState.Detached : State);
        Exchange.Schedule();
    }

    private void Enter(RelayState state)
    {
        State = state;
        Await(state switch
        {
            RelayState.Pausing => Loop.Now + Limits.EndMoment,
            RelayState.OutputEnded when Output.HasHead => Loop.Now + Limits.EndGrace,
            _ => long.MaxValue,
        });
    }

    private void Await(long deadline)
    {
        _deadline = deadline;
        Loop.WakeBy(deadline);
    }

    private void AdvanceRunning()
    {
        if (Output.HasEnded && State < RelayState.OutputEnded)
            Enter(RelayState.OutputEnded);
        if (State == RelayState.Detached)
            EndIfSent(_process!);
    }

    private void AdvanceToEnd(ScriptProcess process)
    {
        if (process.Failure(_script) is { } failure)
        {
            Fail(failure);
            return;
        }
        if (Errors.IsHeldUp)
            return;
        if (State == RelayState.HeldOpen)
            AwaitHolders(process);
        if (State != RelayState.Ended)
            return;
        _pipes.StopFeeding();
        if (!Output.HasHead)
            Fail(Verdict.NoResponse(process.ExitCode));
        else
            EndIfSent(process);
    }

    /// <summary>The script has ended, but its output has not: something that it has started may have more to write.</summary>
    private void AwaitHolders(ScriptProcess process)
    {
        if (Output.HasEnded || Output.IsWhole)
        {
            Enter(RelayState.Ended);
            return;
        }
        if (!Output.IsDrained)
            return; // until the web server takes what is held
        long end = process.HoldersTime(Math.Max(_endedAt, Output.LastRead));
        if (Loop.Now < end)
        {
            Await(end);
            return;
        }
        Fault fault = OutputHolders.Explain(_script, process, OutputHolders.Of(Output.Descriptor));
        bool isComplete = Output.HasHead && !Output.IsShort && process.HasAnswered(haveWritten: Output.LastRead > _endedAt);
        if (!isComplete)
            Fail(fault);
        else if (!_isHolderTold)
            Exchange.Report(fault);
        _isHolderTold = true;
        if (isComplete)
            Enter(RelayState.Ended);
    }

    private void EndIfSent(ScriptProcess process)
    {
        if (!Exchange.MaySend)
            Exchange.StartDrain();
        else if (Output is { IsSent: true, IsShort: true })
            Fail(Verdict.CutShort, runsOn: !process.HasEnded);
        else if (Output.IsSent)
            Exchange.End(LetGo(process));
    }

    /// <summary>The response is complete; the script may run on.</summary>
    private int LetGo(ScriptProcess process)
    {
        Verdict.TellOddities(process);
        Exchange.Observer?.Completed();
        Close(runsOn: !process.HasEnded);
        return process.ExitCode;
    }

    /// <summary>The script may run on: it is ended.</summary>
    private void Refuse(Fault fault)
    {
        _process!.Stop(StopReason.Refused);
        Fail(fault);
    }

    private void Fail(Fault fault, bool runsOn = false)
    {
        Errors.Advance();
        Close(runsOn);
        Exchange.Fail(Verdict.WithLastLines(fault));
    }

    private void Close(bool runsOn = false)
    {
        State = RelayState.Over;
        if (runsOn)
            Errors.GoOnAlone();
        if (_process is not null)
            _process.Owner = runsOn ? new DetachedScript(_process, _script, Exchange.RequestId, Exchange.Context) : null;
        Loop.Remove(this);
        _pipes.Close(_script);
    }
}
