using Shims.Diagnostics;
using Shims.FastCgi;

namespace Shims.Gateway;

/// <summary>A connection that carries FastCGI requests, one after the other or several at once.</summary>
/// <remarks>
/// Records are looked at before they are taken, and the empty STDIN record that ends the only request in flight is left in the socket
/// until its answer is complete: closing over it makes the kernel report a reset, over unix sockets too. nginx takes an answer without
/// END_REQUEST for complete, so there is no other way to tell it.
/// </remarks>
internal sealed unsafe partial class FastCgiConnection : Connection
{
    /// <summary>Requests that may be open at once: a web server that opens ever more without finishing one must not cost ever more memory.</summary>
    internal const int MaxRequests = 256;

    private readonly List<FastCgiExchange> _requests = [];
    private bool _keepsConnection = true;
    private bool _hasBegun;
    private bool _isBroken;
    private bool _isInputWhole = true;
    private long _deadline;

    internal FastCgiConnection(GatewayServer server, int descriptor)
        : base(server, descriptor)
    {
        _deadline = Loop.Now + server.Options.Limits.HeaderSeconds * 1000L;
        Expect();
    }

    protected override bool ExpectsMore => _keepsConnection || _held == 0;

    protected override long OwnDeadline
    {
        get
        {
            long next = _deadline;
            foreach (FastCgiExchange request in _requests)
                next = Math.Min(next, Math.Min(request.DrainUntil, request.ParametersUntil));
            return next;
        }
    }

    internal override void Finish()
    {
        _keepsConnection = false;
        CloseIfDone();
    }

    internal override void Shutdown()
    {
        foreach (FastCgiExchange request in _requests.ToArray())
            request.Answer?.Abandon(StopReason.Shutdown);
    }

    internal void EndAnswer(FastCgiExchange request, int exitCode)
    {
        TakeHeldEnd(request);
        _isInputWhole = request.IsWhole;
        WriteRecord(RecordType.Stdout, request.Id, default);
        if (request.HasSentErrors)
            WriteRecord(RecordType.Stderr, request.Id, default);
        WriteEndRequest(request.Id, exitCode, request.ProtocolStatus);
        Remove(request);
    }

    /// <summary>Breaks off. Other requests on the connection are finished first, but nothing says that this one has ended.</summary>
    internal void BreakAnswer(FastCgiExchange request)
    {
        _isBroken = true;
        Flush();
        Remove(request);
        CloseIfDone();
    }

    /// <summary>Something has changed on one of the requests.</summary>
    internal void AdvanceAll() => Advance();

    protected override void Advance()
    {
        bool wasHeldUp;
        do
        {
            ReadRecords();
            if (IsEnding)
                return;
            wasHeldUp = IsHeldUp;
            // From the last to the first, as those that end are taken out.
            for (int i = _requests.Count - 1; i >= 0 && i < _requests.Count; i--)
            {
                FastCgiExchange request = _requests[i];
                request.StartIfReady();
                request.Answer?.Advance();
                if (IsEnding)
                    return;
            }
        }
        while ((Flush() && _requests.Count > 0) || (wasHeldUp && !IsHeldUp));
        CloseIfDone();
    }

    protected override void OnOwnTime()
    {
        if (!_hasBegun)
        {
            _deadline = long.MaxValue;
            Refuse(new Fault(400, $"the web server sent no FastCGI request within {Server.Options.Limits.HeaderSeconds} s", "see whether it speaks FastCGI") { ExitCode = ExitCode.PeerError });
            return;
        }
        foreach (FastCgiExchange request in _requests.ToArray())
        {
            if (request.ParametersUntil <= Loop.Now)
                request.GiveUpParameters();
            if (request.DrainUntil <= Loop.Now)
                request.EndDrain();
        }
        Advance();
    }

    protected override void PeerGone()
    {
        foreach (FastCgiExchange request in _requests.ToArray())
            request.Answer?.Abandon(StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        if (IsHeldUp)
            return; // the rest of it may be in the socket: reading will tell
        // What is incomplete will never be complete; who has sent all may still wait for the answer.
        if (IsInsideRecord || _requests.Count == 0 || _requests.Exists(static request => !request.IsWhole))
            InputEnded();
    }

    protected override void OnClosed()
    {
        foreach (FastCgiExchange request in _requests)
            request.Release();
        _requests.Clear();
        _output.Dispose();
        _content.Dispose();
    }

    private FastCgiExchange? Find(ushort id)
    {
        foreach (FastCgiExchange request in _requests)
        {
            if (request.Id == id)
                return request;
        }
        return null;
    }

    private void Add(FastCgiExchange request)
    {
        _requests.Add(request);
        Expect();
    }

    private void Remove(FastCgiExchange request)
    {
        _requests.Remove(request);
        request.Release();
    }

    /// <summary>If the connection is kept, what comes next must not find the end of this request; else closing takes it.</summary>
    private void TakeHeldEnd(FastCgiExchange request)
    {
        if (request.IsEndHeld && _held > 0 && _keepsConnection)
            TakeHeld();
    }

    private void CloseIfDone()
    {
        if (IsEnding || _requests.Count > 0)
            return;
        if (_isBroken)
            CloseBroken();
        else if (!_keepsConnection && _output.IsEmpty)
            CloseOrderly(hasInputEnded: _isInputWhole && _contentLeft == 0 && _paddingLeft == 0);
    }

    private void InputEnded()
    {
        if (_requests.Count == 0 && _output.IsEmpty && !IsInsideRecord)
        {
            CloseOrderly(hasInputEnded: true); // a health check, or the end of a kept connection
            return;
        }
        if (IsInsideRecord || _requests.Exists(static request => !request.IsWhole))
            Server.Report(Log.NewRequestId(), new Fault(400, "the connection ended before the whole FastCGI request had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        PeerGone();
    }

    /// <summary>The connection cannot be understood any more. What its peer can understand is told, and it ends.</summary>
    private void Refuse(Fault fault)
    {
        string requestId = Log.NewRequestId();
        Server.Report(requestId, fault);
        byte[] page = ErrorPage.Format(fault, requestId, Server.Options.ErrorsInBrowser, withBody: true);
        if (!_hasBegun && Peek(Server.Scratch) is > 0 and nint count)
        {
            ReadOnlySpan<byte> enclosed = WrongProtocol.Enclose(Server.Scratch[..(int)count], page);
            Send(enclosed);
            CloseOrderly(hasInputEnded: false);
            return;
        }
        PeerGone();
    }
}
