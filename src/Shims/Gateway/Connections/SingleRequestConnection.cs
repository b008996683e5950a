using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries variables, then the body as it is, and is closed after the response: SCGI and uwsgi. What it is doing is a <see cref="SingleRequestState"/>.</summary>
/// <remarks>
/// The end of the request, without a body its last byte at least, is looked at and left in the socket until the response is complete. If the shim
/// must break off, closing over it makes the kernel report a reset to the web server, over unix sockets too; both protocols have no other
/// way to say that a response is not all of it. The web server gets a moment to take what has been sent before: a reset that it reads together with that is lost on Apache.
/// </remarks>
internal sealed class SingleRequestConnection : Connection, IResponseChannel
{
    private readonly HeaderReader _header;
    private RawBodyReader _body;
    private Exchange? _exchange;
    private SingleRequestState _state;
    private RunMode _mode;
    private bool _isShared;
    private long _sent;

    /// <summary>Takes over a connection.</summary>
    /// <param name="context">Its surroundings.</param>
    /// <param name="descriptor">Taken over.</param>
    /// <param name="header">Reads the variables; it may have read some of them already, or all.</param>
    internal SingleRequestConnection(ConnectionContext context, int descriptor, HeaderReader header)
        : base(context, descriptor)
    {
        _header = header;
        _state = header.Count == 0 ? SingleRequestState.Silent : SingleRequestState.Header;
    }

    /// <summary>Its state.</summary>
    internal SingleRequestState State => IsEnding ? SingleRequestState.Ended : _state;

    protected override long RequestDeadline => _exchange is { } exchange && _state != SingleRequestState.Broken ? exchange.Deadline : long.MaxValue;

    protected override bool ExpectsMore => _state != SingleRequestState.Broken && _exchange is not { IsWhole: true };

    string IResponseChannel.Protocol => _header.Protocol;

    internal override IReadOnlyList<Exchange> Requests => _exchange is { } exchange ? [exchange] : [];

    internal override void Finish()
    {
        if (Phase == ConnectionPhase.Opening)
            AwaitFirstRequest(hasPartCome: _state == SingleRequestState.Header);
    }

    internal override void Shutdown()
    {
        if (_state == SingleRequestState.Broken)
            CloseBroken();
        else if (_exchange is null)
            OnPhaseEnd();
        else if (_state == SingleRequestState.Body)
            Refuse(LoopContext.ToldToEnd);
        else
            _exchange.Shutdown();
    }

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        int count = Transport.Send(output);
        _sent += count;
        return count;
    }

    SpliceResult IResponseChannel.Splice(int pipe, long most, out int moved)
    {
        int available = (int)Math.Min(Libc.Available(pipe), most);
        moved = 0;
        if (available == 0)
            return SpliceResult.ReadInstead;
        moved = Transport.SpliceFrom(pipe, available);
        _sent += moved;
        return moved > 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    byte[] IResponseChannel.Encode(ResponseHead head, string? requestId) => _header.AnswersInHttp ? head.ToHttp(requestId) : head.ToBytes(requestId);

    byte[] IResponseChannel.Enclose(byte[] page) => Detection.Enclose(_header.Received, page);

    void IResponseChannel.End(int exitCode)
    {
        // A process that the script has left behind may have the connection too, and closing would not end it then.
        if (_isShared && !IsEnding)
            Transport.EndSending();
        CloseOrderly(hasInputEnded: _exchange!.Body.IsComplete);
    }

    void IResponseChannel.Break()
    {
        if (_state == SingleRequestState.Broken)
            return;
        if (IsEnding || (_sent == 0 && !_isShared))
        {
            CloseBroken();
            return;
        }
        _state = SingleRequestState.Broken;
        Enter(ConnectionPhase.Breaking);
        Transport.Rewatch();
    }

    protected override void Advance()
    {
        if (_state <= SingleRequestState.Header)
            ReadHeader();
        if (IsEnding || _exchange is not { } exchange || _state == SingleRequestState.Broken)
            return;
        bool waited;
        do
        {
            ReadBody(exchange);
            waited = exchange.BodyWaits;
            if (!IsEnding)
                exchange.Response?.Advance();
        }
        while (waited && !IsEnding && !exchange.BodyWaits);
        if (!IsEnding)
            exchange.UpdatePhase();
    }

    protected override void OnPhaseEnd()
    {
        if (_state == SingleRequestState.Broken)
            BreakWhenTaken();
        else if (_state == SingleRequestState.Silent && Context.IsFinishing)
            CloseOrderly(hasInputEnded: true); // as good as never taken
        else
            Refuse(Context.HeaderIsLate);
    }

    protected override void OnRequestEnd()
    {
        _exchange!.OnDeadline();
        if (_state == SingleRequestState.Body)
            _state = SingleRequestState.Refused;
    }

    protected override void PeerGone()
    {
        // nginx closes as soon as it has as many bytes as Content-Length says.
        bool isComplete = _sent >= _exchange?.ResponseLength;
        if (!isComplete && _state != SingleRequestState.Broken && _exchange is { } exchange && ClientlessChannel.TryTakeOver(exchange))
            _exchange = null;
        _exchange?.Response?.Abandon(isComplete ? StopReason.ResponseComplete : StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnClosed()
    {
        _exchange?.Release();
        _header.TakeMemory().Release();
    }

    private void ReadHeader()
    {
        switch (_header.Read(Transport, Context))
        {
            case ReadProgress.Incomplete when _header.Count > 0:
                _state = SingleRequestState.Header;
                break;
            case ReadProgress.Complete:
                BeginRequest();
                break;
            case ReadProgress.Ended when _header.Count == 0:
                CloseOrderly(hasInputEnded: true); // a health check
                break;
            case ReadProgress.Ended or ReadProgress.Unacceptable:
                Refuse(_header.Explain(Detection, Context.Limits.HeaderSize));
                break;
        }
    }

    private void BeginRequest()
    {
        Exchange exchange = BeginExchange();
        if (_header.Begin(exchange, Recorder, out long length, out _mode) is { } unreadable)
        {
            Refuse(unreadable);
            return;
        }
        exchange.BodyLength = length;
        Fault? fault = _header.EarlyFault;
        _state = _mode == RunMode.Relay || fault is not null ? SingleRequestState.Streaming : SingleRequestState.Body;
        if (length > 0)
            _header.TakeUnread(Transport, Context.Scratch);
        TookBody(exchange, length == 0 ? ReadProgress.Complete : _body.TakeOver(exchange, _header.EarlyBody));
        if (fault is not null)
            exchange.Fail(fault);
        else
            BeginIfReady(exchange);
    }

    /// <summary>From here on there is a request, be it one that cannot be read.</summary>
    private Exchange BeginExchange()
    {
        Enter(ConnectionPhase.Serving);
        return _exchange ??= new Exchange(Context, this, hasHeader: true);
    }

    /// <summary>Starts the script: at once if the shim relays, else when the small body has come in.</summary>
    private void BeginIfReady(Exchange exchange)
    {
        if (_state == SingleRequestState.Body || exchange.Response is not null)
            return;
        _isShared = _mode != RunMode.Relay;
        Responder.Start(exchange, _isShared ? Transport.Descriptor : -1);
    }

    private void ReadBody(Exchange exchange)
    {
        while (Transport.CanRead && State is SingleRequestState.Body or SingleRequestState.Streaming && !exchange.BodyWaits)
        {
            TookBody(exchange, _body.Read(Transport, exchange, Context.Scratch));
            BeginIfReady(exchange);
        }
    }

    private void TookBody(Exchange exchange, ReadProgress progress)
    {
        if (_state == SingleRequestState.Body && exchange.HasFailed)
            _state = SingleRequestState.Streaming; // there was no room for it
        switch (progress)
        {
            case ReadProgress.Complete:
                exchange.Complete(exchange.Body);
                _state = SingleRequestState.Responding;
                break;
            case ReadProgress.Ended when _state == SingleRequestState.Body:
                Refuse(new Fault(400, "the connection ended before the whole body had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
                break;
            case ReadProgress.Ended:
                PeerGone();
                break;
        }
    }

    /// <summary>Responds to a request that cannot be read: where it ends is not known, so no more of it is read.</summary>
    private void Refuse(Fault fault)
    {
        _state = SingleRequestState.Refused;
        BeginExchange().GiveUp(fault);
    }
}
