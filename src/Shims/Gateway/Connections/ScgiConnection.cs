using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries one SCGI request.</summary>
/// <remarks>
/// The end of the request, without a body its last byte at least, is looked at and left in the socket until the answer is complete. If the shim
/// must break off, closing over it makes the kernel report a reset to the web server, over unix sockets too; SCGI has no other
/// way to say that an answer is not all of it.
/// </remarks>
internal sealed unsafe class ScgiConnection : Connection, IResponseChannel
{
    private Exchange? _exchange;
    private ScgiHeaderBuffer _header;
    private bool _isShared;
    private RunMode _mode;
    private long _taken;
    private long _sent;
    private int _unread;
    private bool _isRefused;

    /// <summary>Takes over a connection.</summary>
    /// <param name="context">What it is made with.</param>
    /// <param name="header">What has been read of the header, from nothing to, with its comma, all; its memory is taken over.</param>
    internal ScgiConnection(ConnectionContext context, in ScgiHeaderBuffer header)
        : base(context, header.Connection) => _header = header;

    protected override long RequestDeadline => _exchange?.Deadline ?? long.MaxValue;

    protected override bool ExpectsMore => _exchange is not { IsWhole: true };

    string IResponseChannel.Protocol => "SCGI";

    bool IResponseChannel.CanTakeErrors => !Log.IsFull;

    internal override IReadOnlyList<Exchange> Requests => _exchange is { } exchange ? [exchange] : [];

    internal override void Finish()
    {
        if (Phase == ConnectionPhase.Opening)
            AwaitFirstRequest(hasPartCome: _header.Count > 0);
    }

    internal override void Shutdown()
    {
        if (_exchange is { } exchange)
            exchange.Shutdown();
        else
            OnPhaseEnd();
    }

    void IResponseChannel.Wait() => Loop.RunOnce();

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        int count = Send(output);
        _sent += count;
        return count;
    }

    SpliceResult IResponseChannel.Splice(int pipe, long most, out int moved)
    {
        int available = (int)Math.Min(Libc.Available(pipe), most);
        moved = 0;
        if (available == 0)
            return SpliceResult.ReadInstead;
        moved = SpliceFrom(pipe, available);
        _sent += moved;
        return moved > 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    bool IResponseChannel.IsSplicing => false;

    void IResponseChannel.EndSplice()
    {
        // Nothing is promised that has not gone out.
    }

    void IResponseChannel.WriteError(ReadOnlySpan<byte> lines) => Log.WriteScriptOutput(lines);

    void IResponseChannel.ReportFault(Fault fault)
    {
        // The wire has no way.
    }

    byte[] IResponseChannel.Enclose(byte[] page) => WrongProtocol.Enclose(_header.Received, page);

    void IResponseChannel.End(int exitCode)
    {
        bool isWhole = _exchange!.Body.IsComplete;
        // A process that the script has left behind may have the connection too, and closing would not end it then.
        if (_isShared)
            EndSending();
        CloseOrderly(hasInputEnded: isWhole);
    }

    void IResponseChannel.Break() => CloseBroken();

    protected override void Advance()
    {
        if (_exchange is null)
            ReadHeader();
        if (IsEnding || _exchange is not { } exchange)
            return;
        bool waited;
        do
        {
            if (!IsEnding)
                ReadBody(exchange);
            waited = exchange.BodyWaits;
            if (!IsEnding)
                exchange.Answer?.Advance();
        }
        while (waited && !IsEnding && !exchange.BodyWaits);
        if (!IsEnding)
            exchange.UpdatePhase();
    }

    protected override void OnPhaseEnd()
    {
        if (_header.Count == 0 && Context.IsFinishing)
            CloseOrderly(hasInputEnded: true); // as good as never taken
        else
            Refuse(Context.HeaderIsLate);
    }

    protected override void OnRequestEnd() => _exchange!.OnDeadline();

    protected override void PeerGone()
    {
        // nginx closes as soon as it has as many bytes as Content-Length says.
        if (_exchange is { } exchange)
            exchange.Answer?.Abandon(_sent >= exchange.AnswerLength ? StopReason.Answered : StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        // Reading finds the end of input where the request is incomplete.
    }

    protected override void OnClosed()
    {
        _exchange?.Release();
        _header.Memory.Release();
    }

    /// <summary>The usual case: all of the header is there. It is copied, and left in the socket.</summary>
    private void LookForWholeHeader()
    {
        nint count = Peek(Context.Scratch);
        if (count <= 0)
            return;
        ReadOnlySpan<byte> bytes = Context.Scratch[..(int)count];
        if (ScgiHeader.TryGetSize(bytes, Context.Limits.HeaderSize, out int size) == OperationStatus.Done && size <= bytes.Length && _header.Take(bytes[..size]))
            _unread = size;
    }

    private void ReadHeader()
    {
        GatewayOptions options = Context.Options;
        if (_header.Count == 0)
            LookForWholeHeader();
        while (CanRead && !_header.IsComplete)
        {
            nint count = Noted(_header.Receive(options.Limits.HeaderSize, options.Environment, leaveComma: true));
            if (_header.Status is not OperationStatus.Done)
            {
                Refuse(WrongProtocol.Explain(_header.Received, Context.Service.Protocol) ?? ExplainLength(_header.Status));
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
        if (!_header.IsComplete)
            return;
        if (_unread == 0 && _header.IsCommaUnread)
            _unread = 1;
        BeginRequest();
    }

    private void BeginRequest()
    {
        Exchange exchange = BeginExchange();
        exchange.Memory = _header.Memory;
        _header.Memory = default;
        if (ScgiHeader.TryRead(_header.Received, Context.Limits.HeaderSize, out CgiVariables variables) != OperationStatus.Done)
        {
            Refuse(new Fault(400, "the SCGI header is no list of names and values", "let the web server send names without =, each with a value, fewer than 1024") { ExitCode = ExitCode.PeerError });
            return;
        }
        exchange.SetVariables(variables);
        exchange.Observer = Recorder?.Begin(exchange);
        if (!ContentLength.TryRead(variables, out long length) || length == ContentLength.Unknown)
        {
            Refuse(new Fault(400, "CONTENT_LENGTH is missing or no number", "let the web server send it (nginx: include scgi_params)") { ExitCode = ExitCode.PeerError });
            return;
        }
        exchange.BodyLength = length;
        _mode = Context.Options.ModeFor(length, mayExec: false, ProxyPrefix.IsModProxyScgi(variables));
        if (length == 0)
            exchange.Complete(exchange.Body);
        else
            TakeUnread();
        TakeEarlyBody(exchange);
        if (_header.Plan.FailedAt != LaunchStep.None)
            exchange.Fail(ScriptDiagnosis.Explain(_header.Plan));
        else if (_mode == RunMode.Relay || exchange.Body.IsComplete)
            Begin(exchange);
    }

    /// <summary>From here on there is a request, be it one that cannot be read.</summary>
    private Exchange BeginExchange()
    {
        Enter(ConnectionPhase.Serving);
        return _exchange ??= new Exchange(Context, this, hasHeader: true);
    }

    /// <summary>Takes over what has been read of the body for a script that then did not replace the shim.</summary>
    private void TakeEarlyBody(Exchange exchange)
    {
        ReadOnlySpan<byte> early = _header.Body;
        if (early.IsEmpty)
            return;
        AddToBody(exchange, early);
        _taken = early.Length;
        if (_taken == exchange.BodyLength)
            exchange.Complete(exchange.Body);
    }

    /// <summary>Starts the script: at once if the shim relays, else when the small body has come in.</summary>
    private void Begin(Exchange exchange)
    {
        _isShared = _mode != RunMode.Relay;
        exchange.Start(Responder, _isShared ? Descriptor : -1);
    }

    private void ReadBody(Exchange exchange)
    {
        BodySpool body = exchange.Body;
        while (CanRead && !body.IsComplete && !IsEnding && !_isRefused && !exchange.BodyWaits)
        {
            long missing = exchange.BodyLength - _taken;
            nint count = missing == 1 ? Peek(Context.Scratch[..1]) : TakeBody(exchange, missing - 1);
            if (count == 0)
            {
                BodyCutShort(exchange);
                return;
            }
            if (count < 0)
                continue;
            if (missing > 1)
            {
                _taken += count;
                exchange.Progress();
                continue;
            }
            AddToBody(exchange, Context.Scratch[..(int)count]);
            exchange.Complete(exchange.Body);
            if (exchange.Answer is null)
                Begin(exchange);
        }
    }

    /// <summary>Takes what has arrived of the body, straight to the script if that can be.</summary>
    /// <returns>As with <see cref="Connection.MoveInto"/>.</returns>
    private nint TakeBody(Exchange exchange, long length)
    {
        if (exchange.DirectInput is { } input)
            return MoveInto(input, length);
        nint count = Receive(Context.Scratch[..(int)Math.Min(LoopContext.ScratchSize, length)]);
        if (count > 0)
            AddToBody(exchange, Context.Scratch[..(int)count]);
        return count;
    }

    private static void AddToBody(Exchange exchange, ReadOnlySpan<byte> bytes)
    {
        if (!exchange.Take(bytes))
        {
            exchange.Answer?.Abandon(StopReason.Refused);
            exchange.Fail(BodySpool.NoRoom());
        }
    }

    private void BodyCutShort(Exchange exchange)
    {
        if (exchange.Answer is null)
            Refuse(new Fault(400, "the connection ended before the whole body had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        else
            PeerGone();
    }

    /// <summary>The header has been copied: the body comes next.</summary>
    private void TakeUnread()
    {
        if (_unread > 0)
            Libc.Receive(Descriptor, Context.Scratch[.._unread]);
        _unread = 0;
    }

    private void EndBeforeHeader()
    {
        if (_header.Count == 0)
        {
            CloseOrderly(hasInputEnded: true); // a health check
            return;
        }
        Refuse(WrongProtocol.Explain(_header.Received, Context.Service.Protocol)
            ?? new Fault(400, "the connection ended before the end of the SCGI header", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
    }

    private Fault ExplainLength(OperationStatus status) => status == OperationStatus.DestinationTooSmall
        ? new Fault(400, $"the SCGI header is longer than {Context.Limits.HeaderSize} bytes", "raise --max-header, or let the web server send less") { ExitCode = ExitCode.PeerError }
        : new Fault(400, "the request does not begin with the length of an SCGI header", "see whether the web server speaks SCGI here (nginx: scgi_pass)") { ExitCode = ExitCode.PeerError };

    /// <summary>Answers a request that cannot be read: where it ends is not known, so no more of it is read.</summary>
    private void Refuse(Fault fault)
    {
        _isRefused = true;
        BeginExchange().GiveUp(fault);
    }
}
