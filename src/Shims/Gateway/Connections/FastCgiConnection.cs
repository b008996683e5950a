using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries FastCGI requests, one after the other or several at once.</summary>
internal sealed class FastCgiConnection : Connection
{
    private readonly RecordReader _input;
    private readonly RecordQueue _output;
    private readonly FastCgiRequests _requests;

    internal FastCgiConnection(ConnectionContext context, int descriptor)
        : base(context, descriptor)
    {
        _input = new RecordReader(Transport, Context);
        _output = new RecordQueue(Transport);
        _requests = new FastCgiRequests(this, _output);
    }

    internal FastCgiConnectionState State => _requests.State;

    internal override IReadOnlyList<Exchange> Requests => _requests.InFlight.ConvertAll(static request => request.Exchange);

    protected override bool ExpectsMore => State != FastCgiConnectionState.Final || !_input.IsEndHeld || _requests.InFlight is not [{ HasCome: true }];

    protected override long RequestDeadline => _requests.Deadline;

    internal override bool MayGiveWay => base.MayGiveWay && (IsEnding || !_input.IsInsideRecord);

    /// <summary>True if the next bytes stay in the socket for now. Never for long on a connection that other requests may share: they would wait with it.</summary>
    private bool IsHeldUp => IsOver
        || (_requests.InFlight is [var request] && (request.HasEnded || request.IsStartDue || (request.Exchange.BodyWaits && State == FastCgiConnectionState.Final)));

    /// <summary>True if nothing more is read: the bytes left in the socket make closing it a reset.</summary>
    private bool IsOver => IsEnding || State == FastCgiConnectionState.BrokenAlone;

    private bool HasNone => _requests.InFlight.Count == 0;

    /// <summary>The request in flight that has this id.</summary>
    internal FastCgiRequest? Find(ushort id) => _requests.Find(id);

    internal override void Finish()
    {
        // A request that has come on a kept connection can be served by no other process.
        TakeTurn();
        if (IsEnding)
            return;
        bool hasPartCome = HasNone && _input.IsInsideRecord;
        if (hasPartCome || Phase == ConnectionPhase.Opening)
        {
            AwaitFirstRequest(hasPartCome);
            return;
        }
        _requests.InFlight.ForEach(static request => request.Exchange.Hurry());
        _requests.Become(FastCgiConnectionState.Final);
        CloseIfDone();
    }

    internal override void Shutdown()
    {
        if (HasNone)
            CloseOrderly(hasInputEnded: false);
        _requests.InFlight.ForEach(static request => request.Exchange.Shutdown());
        ScheduleOutsideOfTurn();
    }

    protected override void Advance()
    {
        bool wasHeldUp;
        do
        {
            ReadRecords();
            wasHeldUp = IsHeldUp;
            _requests.Advance();
            if (IsEnding)
                return;
        }
        while ((_output.Flush() && (!HasNone || Transport.CanRead)) || (wasHeldUp && !IsHeldUp) || (HasPeerEnded && Transport.CanRead && !_output.IsFull && !IsHeldUp));
        _requests.InFlight.ForEach(static request => request.Exchange.UpdatePhase());
        CloseIfDone();
    }

    protected override void OnPhaseEnd()
    {
        bool hasPartCome = _input.IsInsideRecord;
        if (Phase == ConnectionPhase.Breaking)
            BreakWhenTaken();
        else if (State == FastCgiConnectionState.New && (hasPartCome || !Context.IsFinishing))
            Refuse(Context.HeaderIsLate);
        else
            CloseOrderly(hasInputEnded: !hasPartCome);
    }

    protected override void OnRequestEnd()
    {
        _requests.OnDeadline(isInputStopped: _output.IsFull);
        Schedule();
    }

    protected override void PeerGone()
    {
        _requests.InFlight.ForEach(static request => request.ClientLeft());
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        // If the rest may be in the socket, reading will tell.
        if (IsHeldUp || _output.IsFull)
            return;
        InputEnded();
        CloseIfDone(); // a health check, or the end of a kept connection
    }

    protected override void OnClosed()
    {
        _requests.InFlight.ForEach(static request => request.Release());
        _requests.InFlight.Clear();
        _output.Dispose();
        _input.Dispose();
    }

    private void ReadRecords()
    {
        while (Transport.CanRead && !_output.IsFull && !IsHeldUp)
        {
            FastCgiRequest? passing = _input.IsInBody && Find(_input.Record.RequestId) is { IsBodyPassing: true } request ? request : null;
            if ((passing is null ? _input.Look(_requests.InFlight is [{ IsBodyPassing: true }]) : Pass(passing.Exchange)) == 0)
            {
                InputEnded();
                return;
            }
            if (passing is not null)
                continue;
            while (!IsOver && _input.TryNext(out ReadOnlySpan<byte> content))
                Handle(_input.Record, content);
            if (!IsOver)
                _input.Take();
        }
    }

    /// <summary>Passes the part of a body that has come straight to the script.</summary>
    private nint Pass(Exchange exchange)
    {
        nint moved = _input.Pass(exchange.DirectInput!, exchange.BodyLength - exchange.Body.Received);
        if (moved > 0)
            exchange.Progress();
        return moved;
    }

    private void Handle(RecordHeader record, ReadOnlySpan<byte> content)
    {
        bool isRecord = record.Version == RecordHeader.Version1;
        if (isRecord && record.Type == RecordType.BeginRequest && record.RequestId != RecordHeader.ManagementId)
            Enter(ConnectionPhase.Serving);
        if ((isRecord ? _requests.Take(record, content) : NotARecord(content)) is { } fault)
            Refuse(fault);
    }

    private Fault NotARecord(ReadOnlySpan<byte> start) => Detection.Explain(start)
        ?? new Fault(400, "the web server sent something that is not a FastCGI record", "see whether it speaks FastCGI here (nginx: fastcgi_pass)") { ExitCode = ExitCode.PeerError };

    private void CloseIfDone()
    {
        if (IsEnding || !HasNone)
            return;
        if (State == FastCgiConnectionState.BrokenAlone)
            CloseBroken();
        else if (!_output.IsEmpty)
            Rest(ConnectionPhase.Sending);
        else if (State == FastCgiConnectionState.Broken)
            BreakWhenTaken();
        else if (State == FastCgiConnectionState.Final)
            CloseOrderly(hasInputEnded: _requests.HasLastCome && !_input.HasBegunRecord);
        else
            AwaitNext();
    }

    private void AwaitNext()
    {
        _input.TakeHeld();
        Rest(ConnectionPhase.Idle);
    }

    /// <summary>No request is left. A connection that has had none goes on waiting for its first.</summary>
    private void Rest(ConnectionPhase next)
    {
        if (Phase != ConnectionPhase.Opening && Phase != next)
            Enter(next);
    }

    /// <summary>Handles the end of input: requests that have come in full get full responses, as the peer may still wait for them.</summary>
    private void InputEnded()
    {
        bool isCut = _requests.AbandonIncomplete() || (_input.IsInsideRecord && State != FastCgiConnectionState.Broken);
        if (isCut)
            Context.Report(Log.NewRequestId(), new Fault(400, "the connection ended before the whole FastCGI request had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        if (isCut && HasNone)
        {
            PeerGone();
            return;
        }
        Transport.WaitForMore();
        _requests.Become(isCut ? FastCgiConnectionState.Broken : FastCgiConnectionState.Final);
    }

    /// <summary>Ends a connection that cannot be understood any more, after telling the peer what it can understand.</summary>
    private void Refuse(Fault fault)
    {
        string requestId = Log.NewRequestId();
        Context.Report(requestId, fault);
        byte[] page = ErrorPage.Format(fault, requestId, Context.Options.ErrorsInBrowser, withBody: true);
        if (State == FastCgiConnectionState.New && Transport.Peek(Context.Scratch) is > 0 and nint count)
        {
            ReadOnlySpan<byte> enclosed = Detection.Enclose(Context.Scratch[..(int)count], page);
            Transport.Send(enclosed);
            CloseOrderly(hasInputEnded: false);
            return;
        }
        PeerGone();
    }
}
