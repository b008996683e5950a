using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway.Connections;

/// <summary>A connection that carries one SCGI request. What it is doing is a <see cref="ScgiState"/>.</summary>
/// <remarks>
/// The end of the request, without a body its last byte at least, is looked at and left in the socket until the response is complete. If the shim
/// must break off, closing over it makes the kernel report a reset to the web server, over unix sockets too; SCGI has no other
/// way to say that a response is not all of it.
/// </remarks>
internal sealed class ScgiConnection : Connection, IResponseChannel
{
    private ScgiHeaderReader _header;
    private ScgiBodyReader _body;
    private Exchange? _exchange;
    private ScgiState _state;
    private RunMode _mode;
    private bool _isShared;
    private long _sent;

    /// <summary>Takes over a connection from which nothing has been read.</summary>
    internal ScgiConnection(ConnectionContext context, int descriptor)
        : this(context, new ScgiHeaderBuffer { Connection = descriptor })
    {
    }

    /// <summary>Takes over a connection.</summary>
    /// <param name="context">Its surroundings.</param>
    /// <param name="begun">The part of the header that has been read, from nothing to all of it with its comma; its memory is taken over.</param>
    internal ScgiConnection(ConnectionContext context, in ScgiHeaderBuffer begun)
        : base(context, begun.Connection)
    {
        _header = new ScgiHeaderReader(begun);
        _state = begun.Count == 0 ? ScgiState.Silent : ScgiState.Header;
    }

    /// <summary>Its state.</summary>
    internal ScgiState State => IsEnding ? ScgiState.Ended : _state;

    protected override long RequestDeadline => _exchange?.Deadline ?? long.MaxValue;

    protected override bool ExpectsMore => _exchange is not { IsWhole: true };

    string IResponseChannel.Protocol => "SCGI";

    internal override IReadOnlyList<Exchange> Requests => _exchange is { } exchange ? [exchange] : [];

    internal override void Finish()
    {
        if (Phase == ConnectionPhase.Opening)
            AwaitFirstRequest(hasPartCome: _state == ScgiState.Header);
    }

    internal override void Shutdown()
    {
        if (_exchange is null)
            OnPhaseEnd();
        else if (_state == ScgiState.Body)
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

    byte[] IResponseChannel.Enclose(byte[] page) => Detection.Enclose(_header.Received, page);

    void IResponseChannel.End(int exitCode)
    {
        // A process that the script has left behind may have the connection too, and closing would not end it then.
        if (_isShared && !IsEnding)
            Transport.EndSending();
        CloseOrderly(hasInputEnded: _exchange!.Body.IsComplete);
    }

    void IResponseChannel.Break() => CloseBroken();

    protected override void Advance()
    {
        if (_state <= ScgiState.Header)
            ReadHeader();
        if (IsEnding || _exchange is not { } exchange)
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
        if (_state == ScgiState.Silent && Context.IsFinishing)
            CloseOrderly(hasInputEnded: true); // as good as never taken
        else
            Refuse(Context.HeaderIsLate);
    }

    protected override void OnRequestEnd()
    {
        _exchange!.OnDeadline();
        if (_state == ScgiState.Body)
            _state = ScgiState.Refused;
    }

    protected override void PeerGone()
    {
        // nginx closes as soon as it has as many bytes as Content-Length says.
        bool isComplete = _sent >= _exchange?.ResponseLength;
        if (!isComplete && _exchange is { } exchange && exchange.GoOnAlone())
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
                _state = ScgiState.Header;
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
        exchange.Memory = _header.TakeMemory();
        if (ScgiHeader.TryRead(_header.Received, Context.Limits.HeaderSize, out CgiVariables variables) != OperationStatus.Done)
        {
            Refuse(Fault("the SCGI header is not a list of names and values", "configure the web server to send names without =, each with a value, fewer than 1024"));
            return;
        }
        exchange.SetVariables(variables);
        exchange.Observer = Recorder?.Begin(exchange);
        if (!ContentLength.TryRead(variables, out long length) || length == ContentLength.Unknown)
        {
            Refuse(Fault("CONTENT_LENGTH is missing or not a number", "configure the web server to send it (nginx: include scgi_params)"));
            return;
        }
        exchange.BodyLength = length;
        _mode = Context.Options.ModeFor(length, mayExec: false, ProxyPrefix.IsModProxyScgi(variables));
        bool hasFailed = _header.Plan.FailedAt != LaunchStep.None;
        _state = _mode == RunMode.Relay || hasFailed ? ScgiState.Streaming : ScgiState.Body;
        if (length > 0)
            _header.TakeUnread(Transport, Context.Scratch);
        TookBody(exchange, length == 0 ? ReadProgress.Complete : _body.TakeOver(exchange, _header.EarlyBody));
        if (hasFailed)
            exchange.Fail(ScriptDiagnosis.Explain(_header.Plan));
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
        if (_state == ScgiState.Body || exchange.Response is not null)
            return;
        _isShared = _mode != RunMode.Relay;
        Responder.Start(exchange, _isShared ? Transport.Descriptor : -1);
    }

    private void ReadBody(Exchange exchange)
    {
        while (Transport.CanRead && State is ScgiState.Body or ScgiState.Streaming && !exchange.BodyWaits)
        {
            TookBody(exchange, _body.Read(Transport, exchange, Context.Scratch));
            BeginIfReady(exchange);
        }
    }

    private void TookBody(Exchange exchange, ReadProgress progress)
    {
        if (_state == ScgiState.Body && exchange.HasFailed)
            _state = ScgiState.Streaming; // there was no room for it
        switch (progress)
        {
            case ReadProgress.Complete:
                exchange.Complete(exchange.Body);
                _state = ScgiState.Responding;
                break;
            case ReadProgress.Ended when _state == ScgiState.Body:
                Refuse(Fault("the connection ended before the whole body had come", "see the web server's log for why it broke off"));
                break;
            case ReadProgress.Ended:
                PeerGone();
                break;
        }
    }

    /// <summary>Responds to a request that cannot be read: where it ends is not known, so no more of it is read.</summary>
    private void Refuse(Fault fault)
    {
        _state = ScgiState.Refused;
        BeginExchange().GiveUp(fault);
    }

    private static Fault Fault(string cause, string cure) => new(400, cause, cure) { ExitCode = ExitCode.PeerError };
}
