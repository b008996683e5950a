using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>Answers with a script whose every byte goes through the shim: input from the spool, output checked at its head, errors kept and passed on.</summary>
/// <remarks>
/// <para>No direction waits for another: a script that reads nothing, or writes before it has read, or leaves its children holding its output, blocks nobody.</para>
/// <para>
/// The end of an answer is the end of file on the script's output. If that comes first, the script has <see cref="Limits.EndGrace"/> to end too. If the script ends first, a process
/// that it has started holds the output: that one has as long as it goes on writing, and then <see cref="Limits.OutputWaitSeconds"/>. All of it is bounded by the script's time.
/// </para>
/// </remarks>
internal sealed class ScriptRelay : Answer, IWatcher, IScriptOwner, ITimed
{
    private const string WriteAHeader = "its first output must be a header, such as Content-Type: text/plain, and an empty line";

    private readonly string _script;
    private readonly ScriptOutput _output;
    private readonly ScriptErrors _errors;
    private ScriptProcess? _process;
    private PipeFeed? _input;
    private PipeFeed? _data;
    private bool _isOver;
    private bool _isEndTimeOver;
    private bool _isHolderTold;
    private long _endAwaitedUntil;
    private long _endedAt;
    private long _deadline = long.MaxValue;

    private ScriptRelay(Exchange exchange)
        : base(exchange)
    {
        _script = PrintableText.Of(exchange.Plan);
        _output = new ScriptOutput(exchange);
        _errors = new ScriptErrors(exchange);
    }

    long ITimed.Deadline => Math.Min(Math.Min(_deadline, _errors.RetryAt), _input?.FullUntil ?? long.MaxValue);

    internal override PipeFeed? Input => _isOver ? null : _input;

    /// <summary>It goes on reading unless it must wait for us: because what it has written is held, or its errors are, until the body has come in.</summary>
    internal override bool LetsBodyWait => !_isOver && _input is { IsFull: true } && _process is { HasEnded: false } && _output.Free > 0 && Exchange.CanTakeErrors;

    private EventLoop Loop => Exchange.Context.Loop;

    private Limits Limits => Exchange.Context.Limits;

    /// <summary>Starts the script with pipes around it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <param name="waiting">A script that runs already; null if there is none.</param>
    /// <returns>Null after a failure; the plan or errno says why.</returns>
    internal static ScriptRelay? Start(Exchange exchange, ref LaunchPlan plan, WaitingScript? waiting)
    {
        var relay = new ScriptRelay(exchange);
        if (relay.Launch(ref plan, waiting))
            return relay;
        relay.Close();
        return null;
    }

    internal override void Advance()
    {
        if (_isOver)
            return;
        _input?.Feed();
        _data?.Feed();
        if (Exchange.Body.IsLost || Exchange.Data is { IsLost: true })
        {
            _process?.Stop(StopReason.Refused);
            Fail(new Fault(500, $"the body for {_script} could not be read back from the temporary directory", "see the kernel's log (dmesg) for errors of the disk") { ExitCode = ExitCode.SystemError });
            return;
        }
        _errors.Advance();
        _output.Advance();
        if (_output.Fault is not null)
            Refuse(_output.Fault);
        else if (_process is { HasEnded: true } ended)
            FinishEnded(ended);
        else if (_output.HasEnded)
            FinishRunning();
    }

    internal override void Abandon(StopReason reason)
    {
        if (reason != StopReason.Answered)
            _process?.Stop(reason);
        if (reason == StopReason.PeerGone && !_isOver)
            _process?.TellOfPeerGone(Exchange, _script, Exchange.HasAnswerLeft);
        else if (reason == StopReason.Answered)
            Exchange.Observer?.Answered();
        if (reason is StopReason.PeerGone or StopReason.Answered or StopReason.Refused)
            Close();
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if (descriptor == _output.Descriptor)
            _output.OnReady(readiness);
        else if (descriptor == _errors.Descriptor)
            _errors.LookAgain();
        // What else there is takes in what the script reads.
        bool isInput = descriptor != _output.Descriptor && descriptor != _errors.Descriptor;
        if (isInput || !IsEndNear())
            Exchange.Schedule();
    }

    void IScriptOwner.OnScriptEnded()
    {
        // What it wrote last may have come in unnoticed.
        _output.LookAgain();
        _errors.LookAgain();
        _endedAt = Loop.Now;
        Exchange.Schedule();
    }

    void ITimed.OnTime()
    {
        if (_input is { } input && input.FullUntil <= Loop.Now)
            input.StopWaiting();
        if (_errors.RetryAt <= Loop.Now)
            _errors.StopWaiting();
        if (_deadline <= Loop.Now)
        {
            _deadline = long.MaxValue;
            _isEndTimeOver = true;
        }
        Exchange.Schedule();
    }

    /// <summary>
    /// Most scripts end as soon as they have written, so a moment is waited for that, once: all of a small answer then goes out in one piece, with its end, and
    /// the web server wakes for it once.
    /// </summary>
    private bool IsEndNear()
    {
        if (_process is not { HasEnded: false })
            return false;
        if (_endAwaitedUntil == 0)
        {
            _endAwaitedUntil = Loop.Now + Limits.EndMoment;
            ExpectEnd(_endAwaitedUntil);
        }
        return Loop.Now < _endAwaitedUntil;
    }

    private void ExpectEnd(long deadline)
    {
        _isEndTimeOver = false;
        _deadline = deadline;
        Loop.Expect(deadline);
    }

    private bool Launch(ref LaunchPlan plan, WaitingScript? waiting)
    {
        if (!TakeOver(plan, waiting) && !Spawn(ref plan))
            return false;
        Exchange.Observer?.Started();
        _process!.Owner = this;
        Loop.Add(this);
        return true;
    }

    /// <summary>The script may run already.</summary>
    private bool TakeOver(in LaunchPlan plan, WaitingScript? waiting)
    {
        if (Exchange.BodyLength != 0 || Exchange.Data is not null || waiting is null || !waiting.TryTake(plan, out StartedScript script))
            return false;
        _output.Open(script.Output, this);
        _errors.Open(script.Error, this);
        _process = ScriptProcess.TakeOver(Exchange, script);
        return true;
    }

    private bool Spawn(ref LaunchPlan plan)
    {
        LoopContext context = Exchange.Context;
        int input = context.Service.NullDevice, data = -1, output = -1, error = -1, outputPipe = -1, errorPipe = -1;
        if (Exchange.BodyLength != 0)
            _input = new PipeFeed(Loop, Exchange.Body, this);
        if (Exchange.Data is not null)
            _data = new PipeFeed(Loop, Exchange.Data, this);
        bool ready = (_input is null || _input.Open(Exchange.BodyLength, out input))
            && (_data is null || _data.Open(ContentLength.Unknown, out data))
            && Libc.CreatePipe(shimReads: true, out outputPipe, out output)
            && Libc.CreatePipe(shimReads: true, out errorPipe, out error);
        (plan.Input, plan.Output, plan.Error, plan.Data) = (input, output, error, data);
        if (ready)
            _process = ScriptProcess.Start(Exchange, ref plan);
        else
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
        if (input != context.Service.NullDevice)
            Libc.Close(input);
        Libc.Close(data);
        Libc.Close(output);
        Libc.Close(error);
        _output.Open(outputPipe, this);
        _errors.Open(errorPipe, this);
        return _process is not null;
    }

    /// <summary>The script goes on, but has closed its output: then the answer is complete, and it may go on with whatever else it does, within its time.</summary>
    private void FinishRunning()
    {
        if (!_output.HasHead)
            return;
        if (_endedAt == 0)
        {
            _endedAt = Loop.Now;
            ExpectEnd(Loop.Now + Limits.EndGrace);
        }
        if (!_isEndTimeOver)
            return;
        if (!Exchange.MaySend)
            Exchange.StartDrain();
        else if (_output.IsSent)
            EndWell();
    }

    private void FinishEnded(ScriptProcess process)
    {
        if (process.Failure(_script) is { } failure)
        {
            Fail(failure);
            return;
        }
        if (_errors.IsHeldUp || (!_output.HasEnded && !_output.IsWhole && IsHeldOpen(process)))
            return;
        StopFeeding();
        if (!_output.HasHead)
            Fail(ScriptDiagnosis.ExplainEnd(Exchange.Plan, process.Status.Code) ?? NoResponse(process.Status.Code));
        else if (!Exchange.MaySend)
            Exchange.StartDrain();
        else if (_output.IsSent && _output.IsDecoded && _output.IsShort)
            Fail(new Fault(502, $"{_script} ended in the middle of the chunks that it had begun to write", "configure the script not to send Transfer-Encoding: the web server does that (RFC 3875, section 6.3.4)"));
        else if (_output.IsSent)
            EndWell();
    }

    /// <summary>The script has ended, but its output has not: something that it has started may have more to write.</summary>
    /// <returns>False if there is nothing more to wait for.</returns>
    private bool IsHeldOpen(ScriptProcess process)
    {
        if (!_output.IsDrained)
            return true; // until the web server takes what is held
        long end = Math.Min(Math.Max(_endedAt, _output.LastRead) + Limits.OutputWaitSeconds * 1000L, process.TimeLimit);
        if (Loop.Now < end)
        {
            ExpectEnd(end);
            return true;
        }
        int code = process.Status.Code;
        bool isTimeOver = Loop.Now >= process.TimeLimit;
        // What is still being written when the time is over is not all of it.
        bool isComplete = _output.HasHead && code == 0 && !_output.IsShort && !(isTimeOver && _output.LastRead > _endedAt);
        Fault fault = OutputHolders.Explain(_script, code, OutputHolders.Of(_output.Descriptor), isTimeOver);
        if (!isComplete)
            Fail(fault);
        else if (!_isHolderTold)
            Exchange.Report(fault);
        _isHolderTold = true;
        return !isComplete;
    }

    private void EndWell()
    {
        ScriptProcess process = _process!;
        if (_output.HasSurplus)
            Tell($"{_script} wrote more than the {_output.ContentLength} bytes of its Content-Length, and the rest was cut off: count bytes, not characters");
        if (_output.IsDecoded)
            Tell($"{_script} sent Transfer-Encoding: chunked, and its chunks were decoded: configure it not to (RFC 3875, section 6.3.4)");
        int exitCode = process.HasEnded ? process.Status.Code : 0;
        if (exitCode != 0)
            process.TellOfExitCode(Exchange, _script);
        if (_output.IsShort)
            Tell($"{_script} wrote fewer bytes than the {_output.ContentLength} of its Content-Length: count bytes, not characters, and see whether it ended half-way");
        Exchange.Observer?.Answered();
        if (!process.HasEnded)
            _errors.GoOnAlone();
        Close();
        Exchange.End(exitCode);
    }

    private void Tell(string line) => Log.WriteLine($"{Exchange.RequestId}: {line}");

    /// <summary>A script that has failed by itself has said why, or its exit status has. What a header looks like is news only to one that has ended well.</summary>
    private Fault NoResponse(int exitCode)
    {
        ReadOnlySpan<byte> firstLine = _output.FirstLine;
        if (exitCode != 0 && _errors.LastLines is { } words)
            return new Fault(502, $"{_script} failed (exit status {exitCode}): {words}", $"shimctl doctor {_script}");
        if (firstLine.IsEmpty)
            return new Fault(502, $"{_script} ended without writing anything (exit status {exitCode})", exitCode != 0 ? $"shimctl doctor {_script}" : WriteAHeader);
        return firstLine.Contains((byte)':')
            ? new Fault(502, $"{_script} ended before the end of its header (exit status {exitCode})", "write an empty line after the header")
            : new Fault(502, $"{_script} gave no valid response: {ResponseHead.NotAHeaderLine(firstLine)}", WriteAHeader);
    }

    private void Refuse(string fault)
    {
        _process?.Stop(StopReason.Refused);
        Fail(new Fault(502, $"{_script} gave no valid response: {fault}", WriteAHeader));
    }

    private void StopFeeding()
    {
        _input?.Stop();
        _data?.Stop();
    }

    private void Fail(Fault fault)
    {
        _errors.Advance();
        Close();
        bool isSaid = _errors.LastLines is { } words && fault.Cause.EndsWith(words, StringComparison.Ordinal);
        Exchange.Fail(fault with { Said = isSaid ? null : _errors.LastLines });
    }

    private void Close()
    {
        _isOver = true;
        if (_process is not null)
            _process.Owner = null;
        StopFeeding();
        Loop.Remove(this);
        _output.Dispose();
        _errors.Close(_script);
    }
}
