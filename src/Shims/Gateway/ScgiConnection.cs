using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway;

/// <summary>A connection that carries one SCGI request.</summary>
/// <remarks>
/// The end of the request, without a body its last byte at least, is looked at and left in the socket until the answer is complete. If the shim
/// must break off, closing over it makes the kernel report a reset to the web server, over unix sockets too; SCGI has no other
/// way to say that an answer is not all of it.
/// </remarks>
internal sealed unsafe class ScgiConnection : Connection
{
    private readonly ScgiExchange _exchange;
    private ScgiIntake _intake;
    private bool _isHeaderRead;
    private bool _isShared;
    private RunMode _mode;
    private long _taken;
    private long _sent;
    private long _deadline;
    private int _unread;

    /// <summary>Takes over a connection.</summary>
    /// <param name="server">What it belongs to.</param>
    /// <param name="intake">What has been read of the header, from nothing to, with its comma, all; its memory is taken over.</param>
    internal ScgiConnection(GatewayServer server, in ScgiIntake intake)
        : base(server, intake.Connection)
    {
        _intake = intake;
        _exchange = new ScgiExchange(this);
        _deadline = Loop.Now + server.Options.Limits.HeaderSeconds * 1000L;
        Expect();
    }

    protected override long OwnDeadline => _deadline;

    protected override bool ExpectsMore => !_exchange.IsWhole;

    internal ReadOnlySpan<byte> Header => _intake.Received;

    internal override void Finish()
    {
        // The one request ends it, if one has begun.
        if (_intake.Count == 0)
            CloseOrderly(hasInputEnded: true);
    }

    internal override void Shutdown() => _exchange.Answer?.Abandon(StopReason.Shutdown);

    internal int SendAnswer(ReadOnlySpan<byte> bytes)
    {
        int count = Send(bytes);
        _sent += count;
        return count;
    }

    internal SpliceResult SpliceAnswer(int pipe, long most, out int moved)
    {
        int available = (int)Math.Min(Libc.Available(pipe), most);
        moved = 0;
        if (available == 0)
            return SpliceResult.ReadInstead;
        moved = SpliceFrom(pipe, available);
        _sent += moved;
        return moved > 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    internal void EndAnswer()
    {
        bool isWhole = _exchange.Body.IsComplete;
        // A process that the script has left behind may have the connection too, and closing would not end it then.
        if (_isShared)
            EndSending();
        CloseOrderly(hasInputEnded: isWhole);
    }

    internal void BreakAnswer() => CloseBroken();

    internal void StartDrain()
    {
        if (_exchange.MaySend || _deadline != long.MaxValue)
            return;
        _deadline = Loop.Now + Limits.DrainTime;
        Expect();
    }

    /// <summary>Something has changed about the answer.</summary>
    internal void AdvanceAll() => Advance();

    protected override void Advance()
    {
        if (!_isHeaderRead)
            ReadHeader();
        bool waited;
        do
        {
            if (!IsEnding && _isHeaderRead)
                ReadBody();
            waited = _exchange.BodyWaits;
            if (!IsEnding)
                _exchange.Answer?.Advance();
        }
        while (waited && !IsEnding && !_exchange.BodyWaits);
    }

    protected override void OnOwnTime()
    {
        _deadline = long.MaxValue;
        if (_isHeaderRead)
        {
            _exchange.EndDrain();
            _exchange.Answer?.Advance();
            return;
        }
        RefuseHeader(new Fault(400, $"the web server sent no complete SCGI header within {Server.Options.Limits.HeaderSeconds} s", "see whether it speaks SCGI; raise --header-timeout if it is only slow")
            { ExitCode = ExitCode.PeerError });
    }

    protected override void PeerGone()
    {
        // nginx closes as soon as it has as many bytes as Content-Length says.
        _exchange.Answer?.Abandon(_sent >= _exchange.AnswerLength ? StopReason.Answered : StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        // Reading finds the end of input where the request is incomplete.
    }

    protected override void OnClosed()
    {
        _exchange.Release();
        _intake.Memory.Release();
    }

    /// <summary>The usual case: all of the header is there. It is copied, and left in the socket.</summary>
    private void LookForWholeHeader()
    {
        Limits limits = Server.Options.Limits;
        nint count = Peek(Server.Scratch);
        if (count <= 0)
            return;
        ReadOnlySpan<byte> bytes = Server.Scratch[..(int)count];
        if (ScgiHeader.TryGetSize(bytes, limits.HeaderSize, out int size) == OperationStatus.Done && size <= bytes.Length && _intake.Take(bytes[..size]))
            _unread = size;
    }

    private void ReadHeader()
    {
        GatewayOptions options = Server.Options;
        if (_intake.Count == 0)
            LookForWholeHeader();
        while (CanRead && !_intake.IsComplete)
        {
            nint count = Noted(_intake.Receive(options.Limits.HeaderSize, options.Environment, leaveComma: true));
            if (_intake.Status is not OperationStatus.Done)
            {
                RefuseHeader(WrongProtocol.Explain(_intake.Received, Server.Protocol) ?? ExplainLength(_intake.Status));
                return;
            }
            if (count == 0)
            {
                EndBeforeHeader();
                return;
            }
            if (count < 0)
                return;
        }
        if (!_intake.IsComplete)
            return;
        if (_unread == 0 && _intake.IsCommaUnread)
            _unread = 1;
        BeginRequest();
    }

    private void BeginRequest()
    {
        _isHeaderRead = true;
        _deadline = long.MaxValue;
        _exchange.Memory = _intake.Memory;
        _intake.Memory = default;
        if (ScgiHeader.TryRead(_intake.Received, Server.Options.Limits.HeaderSize, out CgiVariables variables) != OperationStatus.Done)
        {
            RefuseHeader(new Fault(400, "the SCGI header is no list of names and values", "let the web server send names without =, each with a value, fewer than 1024") { ExitCode = ExitCode.PeerError });
            return;
        }
        _exchange.SetVariables(variables);
        if (!ContentLength.TryRead(variables, out long length) || length == ContentLength.Unknown)
        {
            RefuseHeader(new Fault(400, "CONTENT_LENGTH is missing or no number", "let the web server send it (nginx: include scgi_params)") { ExitCode = ExitCode.PeerError });
            return;
        }
        _exchange.BodyLength = length;
        _mode = Server.Options.ModeFor(length, mayExec: false, ProxyPrefix.IsModProxyScgi(variables));
        if (length == 0)
            _exchange.Body.Complete();
        else
            TakeUnread();
        if (_intake.Plan.FailedAt != LaunchStep.None)
            _exchange.Fail(ScriptDiagnosis.Explain(_intake.Plan));
        else if (_mode == RunMode.Relay || length == 0)
            Begin();
    }

    /// <summary>Starts the script: at once if the shim relays, else when the small body has come in.</summary>
    private void Begin()
    {
        _isShared = _mode != RunMode.Relay;
        Server.Options.Responder.Start(_exchange, _isShared ? Descriptor : -1);
    }

    private void ReadBody()
    {
        BodySpool body = _exchange.Body;
        while (CanRead && !body.IsComplete && !IsEnding && !_exchange.BodyWaits)
        {
            long missing = _exchange.BodyLength - _taken;
            nint count = missing == 1 ? Peek(Server.Scratch[..1]) : TakeBody(missing - 1);
            if (count == 0)
            {
                BodyCutShort();
                return;
            }
            if (count < 0)
                continue;
            if (missing > 1)
            {
                _taken += count;
                continue;
            }
            AddToBody(count);
            body.Complete();
            if (_exchange.Answer is null)
                Begin();
        }
    }

    /// <summary>Takes what has arrived of the body, straight to the script if that can be.</summary>
    /// <returns>As with <see cref="Connection.MoveInto"/>.</returns>
    private nint TakeBody(long length)
    {
        if (_exchange.DirectInput is { } input)
            return MoveInto(input, length);
        nint count = Receive(Server.Scratch[..(int)Math.Min(GatewayServer.ScratchSize, length)]);
        if (count > 0)
            AddToBody(count);
        return count;
    }

    private void AddToBody(nint count)
    {
        if (!_exchange.Take(Server.Scratch[..(int)count]))
        {
            _exchange.Answer?.Abandon(StopReason.Refused);
            _exchange.Fail(BodySpool.NoRoom());
        }
    }

    private void BodyCutShort()
    {
        if (_exchange.Answer is null)
            RefuseHeader(new Fault(400, "the connection ended before the whole body had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        else
            PeerGone();
    }

    /// <summary>The header has been copied: the body comes next.</summary>
    private void TakeUnread()
    {
        if (_unread > 0)
            Libc.Receive(Descriptor, Server.Scratch[.._unread]);
        _unread = 0;
    }

    private void EndBeforeHeader()
    {
        if (_intake.Count == 0)
        {
            CloseOrderly(hasInputEnded: true); // a health check
            return;
        }
        RefuseHeader(WrongProtocol.Explain(_intake.Received, Server.Protocol)
            ?? new Fault(400, "the connection ended before the end of the SCGI header", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
    }

    private Fault ExplainLength(OperationStatus status) => status == OperationStatus.DestinationTooSmall
        ? new Fault(400, $"the SCGI header is longer than {Server.Options.Limits.HeaderSize} bytes", "raise --max-header, or let the web server send less") { ExitCode = ExitCode.PeerError }
        : new Fault(400, "the request does not begin with the length of an SCGI header", "see whether the web server speaks SCGI here (nginx: scgi_pass)") { ExitCode = ExitCode.PeerError };

    /// <summary>Answers a request that cannot be read: where it ends is not known, so its body counts as complete.</summary>
    private void RefuseHeader(Fault fault)
    {
        _isHeaderRead = true;
        _deadline = long.MaxValue;
        if (_exchange.Answer is not null)
            return;
        _exchange.EndDrain();
        _exchange.Fail(fault);
    }
}
