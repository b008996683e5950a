using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries FastCGI requests, one after the other or several at once.</summary>
/// <remarks>
/// Records are looked at before they are taken, and the empty STDIN record that ends the only request in flight is left in the socket
/// until its answer is complete: closing over it makes the kernel report a reset, over unix sockets too. nginx takes an answer without
/// END_REQUEST for complete, so there is no other way to tell it.
/// </remarks>
internal sealed unsafe partial class FastCgiConnection(ConnectionContext context, int descriptor) : Connection(context, descriptor)
{
    private readonly List<FastCgiRequest> _requests = [];
    private bool _keepsConnection = true;
    private bool _hasBegun;
    private bool _isBroken;
    private bool _isBrokenForOthers;
    private long _breakUntil;
    private bool _isInputWhole = true;

    internal override IReadOnlyList<Exchange> Requests => _requests.ConvertAll(static request => request.Exchange);

    /// <summary>Bytes of memory that the parameters of all its requests take.</summary>
    internal int ParameterBytes
    {
        get
        {
            int total = 0;
            foreach (FastCgiRequest request in _requests)
                total += request.ParameterBytes;
            return total;
        }
    }

    protected override bool ExpectsMore => _keepsConnection || _held == 0;

    protected override long RequestDeadline
    {
        get
        {
            long next = long.MaxValue;
            foreach (FastCgiRequest request in _requests)
                next = Math.Min(next, request.Exchange.Deadline);
            return next;
        }
    }

    internal override void Finish()
    {
        // What has come on a kept connection is a request that nobody else can answer.
        TakeTurn();
        if (IsEnding)
            return;
        if (_requests.Count == 0 && (Phase == ConnectionPhase.Opening || IsInsideRecord))
        {
            AwaitFirstRequest(hasPartCome: IsInsideRecord);
            return;
        }
        foreach (FastCgiRequest request in _requests)
            request.Exchange.Hurry();
        _keepsConnection = false;
        CloseIfDone();
    }

    internal override void Shutdown()
    {
        if (_requests.Count == 0)
            CloseOrderly(hasInputEnded: false);
        foreach (FastCgiRequest request in _requests.ToArray())
            request.Exchange.Shutdown();
        ScheduleOutsideOfTurn();
    }

    internal void EndAnswer(FastCgiRequest request, int exitCode)
    {
        TakeHeldEnd(request);
        _isInputWhole = request.Exchange.IsWhole;
        WriteRecord(RecordType.Stdout, request.Id, default);
        if (request.HasSentErrors)
            WriteRecord(RecordType.Stderr, request.Id, default);
        WriteEndRequest(request.Id, exitCode, request.ProtocolStatus);
        Remove(request);
        ScheduleOutsideOfTurn();
    }

    /// <summary>Breaks off. Other requests on the connection are finished first, but nothing says that this one has ended.</summary>
    internal void BreakAnswer(FastCgiRequest request)
    {
        _isBroken = true;
        _isBrokenForOthers |= _requests.Count > 1;
        Flush();
        Remove(request);
        CloseIfDone();
    }

    protected override void Advance()
    {
        bool wasHeldUp;
        do
        {
            ReadRecords();
            if (IsEnding)
                return;
            wasHeldUp = IsHeldUp;
            for (int i = 0; i < _requests.Count;)
            {
                FastCgiRequest request = _requests[i];
                request.StartIfReady();
                request.Exchange.Answer?.Advance();
                if (IsEnding)
                    return;
                // One that has ended has been taken out, and the next has its place.
                if (i < _requests.Count && _requests[i] == request)
                    i++;
            }
        }
        while ((Flush() && (_requests.Count > 0 || Transport.CanRead)) || (wasHeldUp && !IsHeldUp) || (HasPeerEnded && Transport.CanRead && HasRoomToRead && !IsHeldUp));
        foreach (FastCgiRequest request in _requests)
            request.Exchange.UpdatePhase();
        CloseIfDone();
    }

    protected override void OnPhaseEnd()
    {
        bool hasPartCome = IsInsideRecord;
        if (Phase == ConnectionPhase.Breaking)
            BreakWhenTaken();
        else if (Phase == ConnectionPhase.Opening && !_hasBegun && !(Context.IsFinishing && !hasPartCome))
            Refuse(Context.HeaderIsLate);
        else
            CloseOrderly(hasInputEnded: !hasPartCome);
    }

    protected override void OnRequestEnd()
    {
        foreach (FastCgiRequest request in _requests.ToArray())
        {
            if (request.Exchange.Deadline > Loop.Now)
                continue;
            if (request.Exchange.Phase == RequestPhase.Body && !HasRoomToRead)
                request.Exchange.Progress(); // it may have come, and waits until the peer takes what is sent to it
            else
                request.Exchange.OnDeadline();
        }
        Schedule();
    }

    protected override void PeerGone()
    {
        foreach (FastCgiRequest request in _requests.ToArray())
            request.Exchange.Answer?.Abandon(StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        if (IsHeldUp)
            return; // the rest of it may be in the socket: reading will tell
        // What is incomplete will never be complete; who has sent all may still wait for the answer.
        if (IsInsideRecord || _requests.Count == 0 || _requests.Exists(static request => !request.HasCome))
            InputEnded();
    }

    protected override void OnClosed()
    {
        foreach (FastCgiRequest request in _requests)
            request.Release();
        _requests.Clear();
        _output.Dispose();
        _content.Dispose();
    }

    private FastCgiRequest? Find(ushort id)
    {
        foreach (FastCgiRequest request in _requests)
        {
            if (request.Id == id)
                return request;
        }
        return null;
    }

    private void Add(FastCgiRequest request)
    {
        _requests.Add(request);
        Expect();
    }

    private void Remove(FastCgiRequest request)
    {
        _requests.Remove(request);
        request.Release();
    }

    /// <summary>If the connection is kept, what comes next must not find the end of this request; else closing takes it.</summary>
    private void TakeHeldEnd(FastCgiRequest request)
    {
        if (request.IsEndHeld && _held > 0 && _keepsConnection)
            TakeHeld();
    }

    private void CloseIfDone()
    {
        if (IsEnding || _requests.Count > 0)
            return;
        if (_isBroken && !_isBrokenForOthers)
            CloseBroken();
        else if (!_output.IsEmpty)
            Rest(ConnectionPhase.Sending);
        else if (_isBroken)
            BreakWhenTaken();
        else if (!_keepsConnection)
            CloseOrderly(hasInputEnded: _isInputWhole && _contentLeft == 0 && _paddingLeft == 0);
        else
            Rest(ConnectionPhase.Idle);
    }

    /// <summary>Other requests have been answered in full, and a reset must not take that from the peer.</summary>
    private void BreakWhenTaken()
    {
        if (_breakUntil == 0)
            _breakUntil = Loop.Now + Limits.HalfCloseGrace;
        if (Transport.HasPeerTakenAll || Loop.Now >= _breakUntil)
            CloseBroken();
        else
            Enter(ConnectionPhase.Breaking);
    }

    /// <summary>No request is left. A connection that has had none goes on waiting for its first.</summary>
    private void Rest(ConnectionPhase next)
    {
        if (Phase != ConnectionPhase.Opening && Phase != next)
            Enter(next);
    }

    /// <summary>The peer sends no more. What it has sent in full is answered in full.</summary>
    private void InputEnded()
    {
        if (IsInsideRecord || _requests.Exists(static request => !request.HasCome))
        {
            Context.Report(Log.NewRequestId(), new Fault(400, "the connection ended before the whole FastCGI request had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
            PeerGone();
            return;
        }
        Transport.WaitForMore();
        _keepsConnection = false;
        if (_requests.Count == 0 && _output.IsEmpty && !_isBroken)
            CloseOrderly(hasInputEnded: true); // a health check, or the end of a kept connection
    }

    /// <summary>The connection cannot be understood any more. What its peer can understand is told, and it ends.</summary>
    private void Refuse(Fault fault)
    {
        string requestId = Log.NewRequestId();
        Context.Report(requestId, fault);
        byte[] page = ErrorPage.Format(fault, requestId, Context.Options.ErrorsInBrowser, withBody: true);
        if (!_hasBegun && Transport.Peek(Context.Scratch) is > 0 and nint count)
        {
            ReadOnlySpan<byte> enclosed = Detection.Enclose(Context.Scratch[..(int)count], page);
            Transport.Send(enclosed);
            CloseOrderly(hasInputEnded: false);
            return;
        }
        PeerGone();
    }
}
