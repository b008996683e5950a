using System.Buffers;
using Shims.Ajp;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries AJP13 requests, one after the other.</summary>
/// <remarks>
/// A failure before the header of a response has gone out is always a page with END_RESPONSE, never the end of the connection: mod_jk sends the request again then, also a POST. A response that
/// breaks off later has no END_RESPONSE.
/// </remarks>
internal sealed class AjpConnection : Connection
{
    private readonly PacketInput _input;
    private readonly PacketQueue _output;
    private AjpRequest? _request;
    private bool _hasLastCome = true;

    internal AjpConnection(ConnectionContext context, int descriptor)
        : base(context, descriptor)
    {
        _input = new PacketInput(Transport);
        _output = new PacketQueue(Transport);
    }

    internal AjpConnectionState State { get => IsEnding && field < AjpConnectionState.Final ? AjpConnectionState.Final : field; private set; }

    internal override IReadOnlyList<Exchange> Requests => _request is { } request ? [request.Exchange] : [];

    protected override bool ExpectsMore => State < AjpConnectionState.Final && (Context.Service.ServesMany || _request is not { HasCome: true });

    protected override long RequestDeadline => _request?.Deadline ?? long.MaxValue;

    private bool IsReading => !IsEnding && _output.HasRoom && (_request is null ? State < AjpConnectionState.Final : _request.AwaitsBody);

    internal override void Finish()
    {
        TakeTurn(); // a request that has come on a kept connection can be served by no other process
        if (IsEnding)
            return;
        if (_request is null && (_input.HasPart || Phase == ConnectionPhase.Opening))
        {
            AwaitFirstRequest(_input.HasPart);
            return;
        }
        Become(AjpConnectionState.Final);
        CloseIfDone();
    }

    internal override void Shutdown()
    {
        if (_request is null)
            CloseOrderly(hasInputEnded: false);
        _request?.Exchange.Shutdown();
        ScheduleOutsideOfTurn();
    }

    /// <summary>Tells whether the web server may send another request, when one has been answered.</summary>
    internal bool IsReused(AjpRequest request)
    {
        if (!Context.Service.ServesMany || Context.IsFinishing || !request.MayBeFollowed)
            Become(AjpConnectionState.Final);
        return State == AjpConnectionState.Kept;
    }

    protected override void Advance()
    {
        bool isNextDue;
        do
        {
            ReadPackets();
            _request?.Advance();
            isNextDue = Settle();
            if (IsEnding)
                return;
        }
        while ((_output.Flush() && _request is not null) || (isNextDue && IsReading));
        _request?.Exchange.UpdatePhase();
        CloseIfDone();
    }

    protected override void OnPhaseEnd()
    {
        if (_input.HasPart || (State == AjpConnectionState.New && !Context.IsFinishing))
            Refuse(Context.HeaderIsLate);
        else
            CloseOrderly(hasInputEnded: true);
    }

    protected override void OnRequestEnd() => _request!.OnDeadline();

    protected override void PeerGone()
    {
        _request?.ClientLeft();
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        // If the rest of a request may be in the socket, reading will tell.
        if (IsReading)
            return;
        Become(AjpConnectionState.Final);
        CloseIfDone();
    }

    protected override void OnClosed()
    {
        _request?.Release();
        _request = null;
        _output.Dispose();
        _input.Dispose();
    }

    private void Become(AjpConnectionState state) => State = state > State ? state : State;

    private void ReadPackets()
    {
        while (IsReading)
        {
            OperationStatus status = _input.TryRead(out ReadOnlySpan<byte> payload);
            if (status == OperationStatus.Done)
            {
                Handle(payload);
                if (!IsEnding)
                    _input.Remove(payload.Length);
                continue;
            }
            if (status != OperationStatus.NeedMoreData)
            {
                Refuse(status == OperationStatus.DestinationTooSmall ? AjpFaults.TooLong(Packet.MaxSize)
                    : (State == AjpConnectionState.New ? Detection.Explain(_input.Bytes) : null) ?? AjpFaults.NotAPacket);
                return;
            }
            nint count = Transport.CanRead ? _input.Fill() : -1;
            if (count == 0)
                InputEnded();
            if (count <= 0)
                return;
        }
    }

    private void Handle(ReadOnlySpan<byte> payload)
    {
        if (_request is not null)
            _request.TakeBody(payload);
        else if (payload is [(byte)PacketType.CPing])
            Pong();
        else if (payload is not [(byte)PacketType.ForwardRequest, ..])
            Ignore(payload);
        else if (payload.Length > Context.Limits.HeaderSize)
            Refuse(AjpFaults.TooLong(Context.Limits.HeaderSize));
        else if (ForwardRequest.Read(payload, out ForwardRequest request) is { } problem)
            Refuse(AjpFaults.Malformed(problem));
        else
            BeginRequest().Begin(request, payload);
    }

    private AjpRequest BeginRequest()
    {
        Become(AjpConnectionState.Kept);
        Enter(ConnectionPhase.Serving);
        return _request = new AjpRequest(this, _output);
    }

    /// <summary>A web server asks before a request whether there is anyone: the request has the time of a first one.</summary>
    private void Pong()
    {
        Become(AjpConnectionState.Kept);
        _output.WritePong();
        Enter(ConnectionPhase.Opening);
    }

    /// <summary>SHUTDOWN, PING and what is not known are orders to a container, which anyone could give.</summary>
    private void Ignore(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) // lighttpd 1.4.69 sends one after each request without a body
            return;
        Context.Report(Log.NewRequestId(), AjpFaults.NotARequest(payload));
        CloseOrderly(hasInputEnded: false);
    }

    /// <summary>Takes the request off if it has ended: true.</summary>
    private bool Settle()
    {
        if (_request is not { HasEnded: true } request)
            return false;
        if (request.State == AjpRequestState.Broken)
            Become(AjpConnectionState.Broken);
        _hasLastCome = request.HasCome;
        _request = null;
        request.Release();
        return true;
    }

    private void CloseIfDone()
    {
        if (IsEnding || _request is not null)
            return;
        if (!_output.IsEmpty)
            AwaitRoom();
        else if (State >= AjpConnectionState.Final)
            CloseOrderly(hasInputEnded: !_input.HasPart && _hasLastCome && State == AjpConnectionState.Final);
        else if (Phase is ConnectionPhase.Serving or ConnectionPhase.Sending)
            AwaitNext();
        else if (Phase == ConnectionPhase.Idle && _input.HasPart)
            Enter(ConnectionPhase.Opening);
    }

    private void AwaitNext()
    {
        _input.Trim();
        _output.Trim();
        Enter(_input.HasPart ? ConnectionPhase.Opening : ConnectionPhase.Idle);
    }

    private void AwaitRoom()
    {
        if (Phase is not (ConnectionPhase.Opening or ConnectionPhase.Sending))
            Enter(ConnectionPhase.Sending);
    }

    /// <summary>The peer sends no more. What it may be waiting for is a response to a whole request.</summary>
    private void InputEnded()
    {
        Become(AjpConnectionState.Final);
        if (_request is null && !_input.HasPart)
            return; // a health check, or the end of a kept connection
        Context.Report(Log.NewRequestId(), AjpFaults.Cut);
        PeerGone();
    }

    /// <summary>Ends a connection that cannot be understood any more, after telling the peer what it can understand.</summary>
    private void Refuse(Fault fault)
    {
        bool isOther = State == AjpConnectionState.New && _input.TryRead(out _) == OperationStatus.InvalidData;
        if (_request is not null || !isOther)
        {
            (_request ?? BeginRequest()).Doubt(fault);
            Schedule();
            return;
        }
        string requestId = Log.NewRequestId();
        Context.Report(requestId, fault);
        Transport.Send(Detection.Enclose(_input.Bytes, ErrorPage.Format(fault, requestId, Context.Options.ErrorsInBrowser, withBody: true)));
        CloseOrderly(hasInputEnded: false);
    }
}
