using Shims.Ajp;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>One request of an AJP13 connection: the packets that bring its body, and those that take its response back.</summary>
/// <remarks>
/// The web server holds each part of the body back until it is asked for, so nothing of it is in the way of an early response. Only the first one comes unasked, and is always awaited: it would be
/// taken for the next request (CVE-2022-26377, from this side).
/// </remarks>
internal sealed class AjpRequest : IResponseChannel
{
    /// <summary>Milliseconds of silence after which what has been sent is told to be passed on: short for a reader, and longer than a script that writes takes between two pieces.</summary>
    private const int FlushTime = 50;

    private readonly AjpConnection _connection;
    private readonly PacketQueue _output;
    private BodyFraming _body;
    private long _flushAt = long.MaxValue;
    private bool _hasHead;
    private bool _isDoubtful;

    internal AjpRequest(AjpConnection connection, PacketQueue output)
    {
        _connection = connection;
        _output = output;
        Exchange = new Exchange(connection.Context, this, hasHeader: true);
    }

    internal AjpRequestState State { get; private set; }

    /// <summary>The request, whatever the wire.</summary>
    internal Exchange Exchange { get; }

    /// <summary>True if a packet of its body is on its way.</summary>
    internal bool AwaitsBody => !HasEnded && _body.IsAwaited;

    /// <summary>True if all of its body has come.</summary>
    internal bool HasCome => _body.IsComplete;

    /// <summary>True if the connection takes another request: this one was right, and nothing of it is still to come.</summary>
    internal bool MayBeFollowed => !_isDoubtful && HasCome;

    /// <summary>True if nothing more is to be done about it.</summary>
    internal bool HasEnded => State >= AjpRequestState.Ended;

    /// <summary>The end of its phase, or the time to let the web server pass on what it has.</summary>
    internal long Deadline => Math.Min(Exchange.Deadline, _flushAt);

    string IResponseChannel.Protocol => "AJP13";

    string IResponseChannel.Peer => _connection.Peer;

    /// <summary>True if the client has left, and the script goes on without it.</summary>
    private bool GoesOnAlone => Exchange.Channel != this;

    /// <summary>Takes in what the packet says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="payload">The packet that it is in.</param>
    internal void Begin(in ForwardRequest request, ReadOnlySpan<byte> payload)
    {
        GatewayOptions options = Exchange.Context.Options;
        int size = VariableWriter.SizeFor(payload.Length);
        Exchange.Memory = Arena.Create(size);
        Span<byte> block = Exchange.Memory.Take(size);
        if (block.IsEmpty)
        {
            Doubt(AjpFaults.NoMemory);
            return;
        }
        CgiVariables variables = request.ToVariables(options.Attributes, block);
        if (!variables.IsWellFormed)
        {
            Doubt(AjpFaults.TooMany);
            return;
        }
        Exchange.SetVariables(variables);
        Exchange.Observer = _connection.Recorder?.Begin(Exchange);
        Exchange.BodyLength = request.BodyLength;
        _body = new BodyFraming(request.BodyLength);
        if (_body.IsComplete)
            Exchange.Complete(Exchange.Body);
        if (options.Secret?.Is(request.Secret) == false)
        {
            _isDoubtful = true;
            Exchange.Refuse(AjpFaults.WrongSecret);
        }
    }

    /// <summary>Takes in a packet of the body.</summary>
    internal void TakeBody(ReadOnlySpan<byte> payload)
    {
        if (BodyPacket.TryRead(payload, out ReadOnlySpan<byte> part) != System.Buffers.OperationStatus.Done)
        {
            Doubt(AjpFaults.NoInnerLength);
            return;
        }
        bool isRight = _body.Take(part.Length);
        if (!isRight && part.IsEmpty)
            Doubt(AjpFaults.ShortBody(Exchange.Body.Received, Exchange.BodyLength));
        else if (!isRight)
            Doubt(AjpFaults.LongBody);
        else
            Take(part);
    }

    /// <summary>Does what can be done without waiting.</summary>
    internal void Advance()
    {
        bool isFirstAwaited = _body.IsAwaited && Exchange.Body.Received == 0;
        if (State == AjpRequestState.Unanswered && !isFirstAwaited && Exchange.BodyLength != ContentLength.Unknown)
        {
            State = AjpRequestState.Responding;
            if (Exchange.Response is null)
                _connection.Responder.Start(Exchange, connection: -1);
        }
        if (!HasEnded)
            Exchange.Response?.Advance();
        if (!HasEnded && Exchange.Phase == RequestPhase.Drain && !isFirstAwaited)
        {
            // Nothing needs the rest, and the web server keeps it.
            Exchange.EndDrain();
            Exchange.Response?.Advance();
        }
        if (!HasEnded && _body.MayAsk && Exchange.Phase is RequestPhase.Body or RequestPhase.Reader && !Exchange.BodyWaits)
            _output.WriteAsk(_body.Ask());
    }

    /// <summary>The phase has come to its end, or the silence.</summary>
    internal void OnDeadline()
    {
        long now = Exchange.Context.Loop.Now;
        if (now >= _flushAt)
        {
            _flushAt = long.MaxValue;
            _output.WriteFlush();
            _connection.Schedule();
        }
        if (now < Exchange.Deadline)
            return;
        _isDoubtful = true;
        Exchange.OnDeadline();
    }

    /// <summary>There is no one any more who wants the response.</summary>
    internal void ClientLeft()
    {
        if (!GoesOnAlone && (HasEnded || !ClientlessChannel.TryTakeOver(Exchange)))
            Exchange.Response?.Abandon(StopReason.PeerGone);
    }

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        if (!GoesOnAlone)
            Exchange.Release();
    }

    /// <summary>Refuses the request, after which the connection is not used any more.</summary>
    internal void Doubt(Fault fault)
    {
        _isDoubtful = true;
        _body = default; // no more of it is awaited
        if (State == AjpRequestState.Unanswered)
            State = AjpRequestState.Responding;
        Exchange.GiveUp(fault);
    }

    void IResponseChannel.Schedule() => _connection.Schedule();

    string? IResponseChannel.FaultOf(ReadOnlySpan<byte> head)
    {
        // A line takes two bytes more in a packet than as text.
        if (head.Length <= Packet.MaxSentSize / 2)
            return null;
        Span<byte> packet = stackalloc byte[Packet.MaxSentSize];
        return ResponseWriter.TryWriteHead(head, packet, out _) == System.Buffers.OperationStatus.Done ? null : "its header is longer than the 8 KiB that an AJP13 packet has";
    }

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        if (!_output.HasRoom)
            return 0;
        int count = _hasHead ? _output.WriteBody(output) : WriteHead(output);
        _flushAt = Exchange.Context.Loop.Now + FlushTime;
        Exchange.Context.Loop.WakeBy(_flushAt);
        return count;
    }

    void IResponseChannel.End(int exitCode)
    {
        _output.WriteEnd(_connection.IsReused(this));
        Leave(AjpRequestState.Ended);
    }

    void IResponseChannel.Break() => Leave(AjpRequestState.Broken);

    /// <summary>What is written first is the header.</summary>
    private int WriteHead(ReadOnlySpan<byte> output)
    {
        _hasHead = true;
        // Looked at before: see FaultOf.
        if (!ResponseHead.TryFindEnd(output, out int size) || !_output.TryWriteHead(output[..size]))
        {
            _output.TryWriteHead("Status: 500\r\n\r\n"u8);
            return output.Length;
        }
        _isDoubtful |= Exchange.HasFailed && output.StartsWith("Status: 40"u8) && !output.StartsWith("Status: 404"u8);
        return size;
    }

    private void Take(ReadOnlySpan<byte> part)
    {
        if (Exchange.BodyLength == ContentLength.Unknown && Exchange.Body.Received + part.Length > Exchange.Context.Limits.BodySize)
            Doubt(Admission.BodyTooLarge(Exchange.Context.Options));
        else
            Exchange.Take(part);
        if (!_body.IsComplete || Exchange.Body.IsComplete)
            return;
        Exchange.Complete(Exchange.Body);
        Exchange.BodyLength = Exchange.Body.Received;
    }

    /// <summary>The connection takes the request off at its next turn.</summary>
    private void Leave(AjpRequestState state)
    {
        State = state;
        _flushAt = long.MaxValue;
        _connection.ScheduleOutsideOfTurn();
    }
}
