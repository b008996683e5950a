using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Answers with a script whose every byte goes through the shim: input from the spool, output checked at its head, errors kept and passed on.</summary>
/// <remarks>No direction waits for another: a script that reads nothing, or writes before it has read, or leaves its children holding its output, blocks nobody.</remarks>
internal sealed class ScriptRelay : Answer, IWatcher, IScriptOwner, ITimed
{
    private readonly string _script;
    private readonly HeldOutput _output;
    private readonly ErrorTail _errors = new(Limits.ErrorTail);
    private ScriptProcess? _process;
    private PipeFeed? _input;
    private PipeFeed? _data;
    private int _outputPipe = -1;
    private int _errorPipe = -1;
    private bool _canReadOutput;
    private bool _canReadErrors;
    private bool _hasOutputHungUp;
    private bool _hasOutputEnded;
    private bool _isOver;
    private long _read;
    private long _endAwaitedUntil;
    private long _deadline = long.MaxValue;

    private ScriptRelay(Exchange exchange)
        : base(exchange)
    {
        _script = PrintableText.Of(exchange.Plan);
        _output = new HeldOutput(exchange);
    }

    long ITimed.Deadline => Math.Min(_deadline, _input?.FullUntil ?? long.MaxValue);

    internal override PipeFeed? Input => _isOver ? null : _input;

    /// <summary>It goes on reading unless it must wait for us: because what it has written is held, or its errors are, until the body has come in.</summary>
    internal override bool LetsBodyWait => !_isOver && _input is { IsFull: true } && _process is { HasEnded: false } && _output.Free > 0 && Exchange.CanTakeErrors;

    private EventLoop Loop => Exchange.Server.Loop;

    /// <summary>Starts the script with pipes around it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <returns>Null after a failure; the plan or errno says why.</returns>
    internal static ScriptRelay? Start(Exchange exchange, ref LaunchPlan plan)
    {
        var relay = new ScriptRelay(exchange);
        if (relay.Launch(ref plan))
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
        ReadErrors();
        // Reading makes room for sending and the other way round, until neither can go on.
        do
            ReadOutput();
        while (!_isOver && _output.Send() && _canReadOutput);
        if (!_isOver)
            FinishIfEnded();
    }

    internal override void Abandon(StopReason reason)
    {
        if (reason != StopReason.Answered)
            _process?.Stop(reason);
        if (reason == StopReason.PeerGone && !_isOver)
            Exchange.Recording?.Abandoned();
        else if (reason == StopReason.Answered)
            Exchange.Recording?.Answered();
        if (reason is StopReason.PeerGone or StopReason.Answered or StopReason.Refused)
            Close();
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        _canReadOutput |= descriptor == _outputPipe;
        // The end comes as one event with what was written last, and no other follows.
        _hasOutputHungUp |= descriptor == _outputPipe && (readiness & Readiness.HangUp) != 0;
        _canReadErrors |= descriptor == _errorPipe;
        // What else there is takes in what the script reads.
        if (!(_canReadOutput || _canReadErrors) || !IsEndNear())
            Exchange.Advance();
    }

    void IScriptOwner.OnScriptEnded()
    {
        // What it wrote last may have come in unnoticed.
        _canReadOutput = !_hasOutputEnded;
        _canReadErrors = true;
        Exchange.Advance();
    }

    void ITimed.OnTime()
    {
        if (_input is { } input && input.FullUntil <= Loop.Now)
        {
            input.StopWaiting();
            Exchange.Advance();
        }
        if (!_isOver && _deadline <= Loop.Now)
            OnEndTime();
    }

    private void OnEndTime()
    {
        _deadline = long.MaxValue;
        if (!_hasOutputEnded)
            Exchange.Advance(); // it has written, and goes on
        // If it has closed its output, the answer is complete; it may go on with whatever else it does, within its time.
        else if (_process is { HasEnded: false } process && _output.HasHead && _output.IsEmpty)
            EndWell(process);
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
            _endAwaitedUntil = _deadline = Loop.Now + Limits.EndMoment;
            Loop.Expect(_deadline);
        }
        return Loop.Now < _endAwaitedUntil;
    }

    private bool Launch(ref LaunchPlan plan)
    {
        if (!TakeOver(plan) && !Spawn(ref plan))
            return false;
        Exchange.Recording?.Started(_process!);
        _process!.Owner = this;
        Loop.Watch(_outputPipe, Readiness.Read, this);
        Loop.Watch(_errorPipe, Readiness.Read, this);
        Loop.Add(this);
        return true;
    }

    /// <summary>The script may run already.</summary>
    private bool TakeOver(in LaunchPlan plan)
    {
        if (Exchange.BodyLength != 0 || Exchange.Data is not null || !EarlyScript.TryTake(plan, out StartedScript script))
            return false;
        (_outputPipe, _errorPipe) = (script.Output, script.Error);
        _process = ScriptProcess.TakeOver(Exchange, script);
        return true;
    }

    private bool Spawn(ref LaunchPlan plan)
    {
        GatewayServer server = Exchange.Server;
        int input = server.NullDevice, data = -1, output = -1, error = -1;
        if (Exchange.BodyLength != 0)
            _input = new PipeFeed(Loop, Exchange.Body, this);
        if (Exchange.Data is not null)
            _data = new PipeFeed(Loop, Exchange.Data, this);
        bool ready = (_input is null || _input.Open(Exchange.BodyLength, out input))
            && (_data is null || _data.Open(ContentLength.Unknown, out data))
            && Libc.CreatePipe(shimReads: true, out _outputPipe, out output)
            && Libc.CreatePipe(shimReads: true, out _errorPipe, out error);
        (plan.Input, plan.Output, plan.Error, plan.Data) = (input, output, error, data);
        if (ready)
            _process = ScriptProcess.Start(Exchange, ref plan);
        else
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
        if (input != server.NullDevice)
            Libc.Close(input);
        Libc.Close(data);
        Libc.Close(output);
        Libc.Close(error);
        return _process is not null;
    }

    private void StopFeeding()
    {
        _input?.Stop();
        _data?.Stop();
    }

    private void ReadOutput()
    {
        while (_canReadOutput && !_hasOutputEnded)
        {
            if (MaySplice)
            {
                SpliceResult result = Exchange.Splice(_outputPipe);
                if (result == SpliceResult.ConnectionFull)
                    return;
                if (result == SpliceResult.Moved)
                    continue;
            }
            Span<byte> room = _output.Room;
            if (room.IsEmpty)
            {
                if (!_output.HasHead)
                    Refuse("its header is longer than 64 KiB");
                return;
            }
            nint count = Libc.Read(_outputPipe, room);
            if (count < 0)
            {
                _canReadOutput = false;
                return;
            }
            if (count == 0)
            {
                _hasOutputEnded = true;
                Loop.Close(ref _outputPipe);
                ExpectEnd();
                return;
            }
            // Less than there was room for: the pipe is empty, and asking again would only say so, unless it has ended.
            _canReadOutput = count == room.Length || _hasOutputHungUp;
            Exchange.Recording?.AddReply(room[..(int)count]);
            _output.Added((int)count);
            _read += count;
            if (!_output.HasHead && !TakeHead())
                return;
        }
    }

    /// <summary>Whether what comes need not be looked at any more, and there is so much of it that moving it inside the kernel pays.</summary>
    private bool MaySplice =>
        _read >= Limits.OutputInMemory && _output.IsSent && !_output.HasNoBody && Exchange.MaySend && Exchange.Server.MaySplice;

    /// <summary>Takes the header off the output as soon as it is whole.</summary>
    /// <returns>False if it is no header, and the request has failed.</returns>
    private bool TakeHead()
    {
        if (!ResponseHead.TryFindEnd(_output.Bytes, out int size))
            return true;
        ResponseHead head = ResponseHead.Read(_output.Bytes[..size], out string? fault);
        if (fault is not null)
        {
            Refuse(fault);
            return false;
        }
        Exchange.Recording?.Status = head.Status;
        _output.Remove(size);
        _output.SetHead(head);
        return true;
    }

    private void ExpectEnd()
    {
        if (_process is not { HasEnded: false })
            return;
        _deadline = Loop.Now + Limits.EndGrace;
        Loop.Expect(_deadline);
    }

    private void ReadErrors()
    {
        Span<byte> lines = stackalloc byte[4096];
        while (_errorPipe >= 0 && _canReadErrors && Exchange.CanTakeErrors)
        {
            nint count = Libc.Read(_errorPipe, lines);
            if (count < 0)
            {
                _canReadErrors = false;
                return;
            }
            if (count == 0)
            {
                Loop.Close(ref _errorPipe);
                return;
            }
            _canReadErrors = count == lines.Length;
            _errors.Add(lines[..(int)count]);
            Exchange.Recording?.AddErrors(lines[..(int)count]);
            Exchange.WriteError(lines[..(int)count]);
        }
    }

    private void FinishIfEnded()
    {
        if (_process is not { HasEnded: true } process)
            return;
        StopFeeding();
        if (process.Failure(_script) is { } failure)
        {
            Fail(failure);
            return;
        }
        if (_canReadErrors && _errorPipe >= 0)
            return; // there is no room for them now
        // A background child may hold the output open; what was there when the script ended has been read.
        if (_canReadOutput && !_hasOutputEnded)
            return;
        if (!_output.HasHead)
        {
            Fail(ScriptDiagnosis.ExplainEnd(Exchange.Plan, process.Status.Code) ?? NoAnswer(process.Status.Code));
            return;
        }
        if (!Exchange.MaySend)
            Exchange.StartDrain();
        else if (_output.IsSent)
            EndWell(process);
    }

    private void EndWell(ScriptProcess process)
    {
        Exchange.Recording?.Answered();
        Close();
        Exchange.End(process.HasEnded ? process.Status.Code : 0);
    }

    private Fault NoAnswer(int exitCode) => _output.IsEmpty
        ? new Fault(502, $"{_script} ended without writing anything (exit status {exitCode})", "run it by hand: its first output must be a header, such as Content-Type: text/plain, and an empty line")
        : new Fault(502, $"{_script} ended before the end of its header (exit status {exitCode})", "let it write an empty line behind the header");

    private void Refuse(string fault)
    {
        _process?.Stop(StopReason.Refused);
        Fail(new Fault(502, $"{_script} gave no proper answer: {fault}", "its first output must be a header, such as Content-Type: text/plain, and an empty line"));
    }

    private void Fail(Fault fault)
    {
        ReadErrors();
        Close();
        Exchange.Fail(fault with { Said = _errors.LastLines });
    }

    private void Close()
    {
        _isOver = true;
        if (_process is not null)
            _process.Owner = null;
        StopFeeding();
        Exchange.EndSplice();
        Loop.Close(ref _outputPipe);
        Loop.Close(ref _errorPipe);
        Loop.Remove(this);
        _output.Dispose();
    }
}
