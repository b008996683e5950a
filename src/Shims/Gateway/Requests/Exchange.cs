using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>One request and the way back for its answer, whatever the wire.</summary>
internal sealed unsafe class Exchange
{
    /// <summary>The request's memory: its variables.</summary>
    internal Arena Memory;

    private readonly IResponseChannel _channel;
    private byte* _variables;
    private int _variablesLength;
    private byte* _planMemory;
    private string? _requestId;
    private long _drainUntil = long.MaxValue;
    private bool _isReleased;

    /// <param name="context">Its loop.</param>
    /// <param name="channel">The way back.</param>
    /// <param name="hasData">Whether a second stream comes in: FastCGI's Filter role.</param>
    internal Exchange(LoopContext context, IResponseChannel channel, bool hasData = false)
    {
        Context = context;
        _channel = channel;
        Data = hasData ? new BodySpool() : null;
        context.Service.Requests.Started();
        Enter(RequestPhase.Header);
    }

    /// <summary>What it waits for.</summary>
    internal RequestPhase Phase { get; private set; }

    /// <summary>When the phase ends; <see cref="long.MaxValue"/> where that is for the script or the handler to say.</summary>
    internal long Deadline { get; private set; }

    /// <summary>Whether all of its variables have come, or are not awaited any more.</summary>
    internal bool HasHeader { get; set; }

    /// <summary>What the requests of its loop share.</summary>
    internal LoopContext Context { get; }

    /// <summary>The request's variables, in <see cref="Memory"/>.</summary>
    internal CgiVariables Variables => new(new ReadOnlySpan<byte>(_variables, _variablesLength));

    internal BodySpool Body { get; } = new();

    /// <summary>The second stream of a FastCGI Filter, the file to be filtered; null for everybody else.</summary>
    internal BodySpool? Data { get; }

    /// <summary>Whether all of the request has come in.</summary>
    internal bool IsWhole => Body.IsComplete && Data is null or { IsComplete: true };

    /// <summary>Remembers the request for a capsule; null without --record, and until the variables have been read.</summary>
    internal IRequestObserver? Observer { get; set; }

    /// <summary>The protocol's name.</summary>
    internal string Protocol => _channel.Protocol;

    /// <summary>Who has connected, in words.</summary>
    internal string Peer => _channel.Peer;

    /// <summary>Bytes of the body as announced, or <see cref="ContentLength.Unknown"/>.</summary>
    internal long BodyLength { get; set; }

    /// <summary>What was started, for explanations: see <see cref="LaunchPlan.Keep"/>.</summary>
    internal LaunchPlan Plan { get; private set; }

    /// <summary>What answers; null until that is known.</summary>
    internal Answer? Answer { get; set; }

    /// <summary>What counts this request among those running, or -1. See <see cref="Slots"/>.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>The id on the error page and in the log.</summary>
    internal string RequestId => _requestId ??= Log.NewRequestId();

    /// <summary>Whether a byte of the answer has gone out: from then on a failure can only be shown by breaking off.</summary>
    internal bool HasAnswerLeft { get; set; }

    /// <summary>Bytes of the whole answer, header included, if the script has said how many there will be.</summary>
    internal long? AnswerLength { get; set; }

    /// <summary>The path that was asked for, for the log: no query, printable, and not longer than <see cref="Limits.RequestedPath"/>. Null where the request does not say it.</summary>
    internal string? RequestedPath
    {
        get
        {
            ReadOnlySpan<byte> path = Variables.Get("REQUEST_URI"u8);
            if (path.IsEmpty)
                path = Variables.Get("SCRIPT_NAME"u8) is { IsEmpty: false } name ? name : Variables.Get("PATH_INFO"u8);
            int end = path.IndexOfAny((byte)'?', (byte)'#');
            path = end < 0 ? path : path[..end];
            return path.IsEmpty ? null : PrintableText.Of(path[..Math.Min(path.Length, Limits.RequestedPath)]);
        }
    }

    internal bool IsHead => Variables.Get("REQUEST_METHOD"u8).SequenceEqual("HEAD"u8);

    /// <summary>
    /// Whether output may go out. nginx and Caddy stop sending a body as soon as the answer begins, and mod_proxy_scgi reads no answer before
    /// it has sent all; so the body comes in first, unless it takes too long for an answer that does not need it.
    /// </summary>
    internal bool MaySend => IsWhole || IsDrainOver;

    /// <summary>
    /// Whether the rest of the body stays in the socket, because the script has not read what came before, but will: then it costs neither memory nor a file,
    /// and the web server sends no faster than the script reads.
    /// </summary>
    internal bool BodyWaits => Answer is { LetsBodyWait: true };

    /// <summary>Whether it is answered with a page that says why it failed.</summary>
    internal bool HasFailed => Answer is PageAnswer;

    /// <summary>Whether there is room for more of what a script writes to its standard error.</summary>
    internal bool CanTakeErrors => _channel.CanTakeErrors;

    /// <summary>Whether the rest of a body that nobody reads has been awaited long enough.</summary>
    private bool IsDrainOver { get; set; }

    private EventLoop Loop => Context.Loop;

    /// <summary>The variables have been read.</summary>
    /// <param name="variables">In <see cref="Memory"/>, which does not move.</param>
    internal void SetVariables(CgiVariables variables)
    {
        _variables = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(variables.Block));
        _variablesLength = variables.Block.Length;
    }

    /// <summary>Asks for the answer.</summary>
    /// <param name="responder">Who gives it.</param>
    /// <param name="connection">As <see cref="IResponder.Start"/> has it.</param>
    internal void Start(IResponder responder, int connection = -1) => responder.Start(this, connection);

    /// <summary>Takes in a part of the body, and passes on what there is room for.</summary>
    /// <returns>As with <see cref="BodySpool.Add"/>.</returns>
    internal bool Take(ReadOnlySpan<byte> part)
    {
        Progress();
        if (!Body.Add(part))
            return false;
        Answer?.Input?.Feed();
        return true;
    }

    /// <summary>More of the body has come in.</summary>
    internal void Progress()
    {
        if (Phase is RequestPhase.Body or RequestPhase.Drain)
            Deadline = EndOf(Phase);
    }

    /// <summary>Something has come in, gone out or ended: sees what the request waits for now.</summary>
    internal void UpdatePhase()
    {
        RequestPhase phase = !HasHeader ? RequestPhase.Header
            : MaySend ? RequestPhase.Answer
            : _drainUntil != long.MaxValue ? RequestPhase.Drain
            : BodyWaits ? RequestPhase.Reader
            : RequestPhase.Body;
        if (phase != Phase)
            Enter(phase);
    }

    /// <summary>The process is to end: what is missing of the variables is awaited for a moment only.</summary>
    internal void Hurry()
    {
        if (Phase != RequestPhase.Header)
            return;
        Deadline = Math.Min(Deadline, Loop.Now + Limits.FirstRequestGrace);
        Loop.Expect(Deadline);
    }

    /// <summary>The end of the phase has come. Another one begins.</summary>
    internal void OnDeadline()
    {
        switch (Phase)
        {
            case RequestPhase.Header:
                GiveUp(Context.HeaderIsLate);
                break;
            case RequestPhase.Body:
                GiveUp(new Fault(408, $"the web server sent no more of a request's body for {Context.Limits.ProgressSeconds} s", "see its log for why it stopped") { ExitCode = ExitCode.PeerError });
                break;
            default:
                EndDrain();
                Schedule();
                break;
        }
        UpdatePhase();
    }

    /// <summary>The shim ends: so does the request, with a page that says why if that is possible.</summary>
    internal void Shutdown()
    {
        if (Answer is null)
            GiveUp(LoopContext.ToldToEnd);
        else
            Answer.Abandon(StopReason.Shutdown);
    }

    /// <summary>Ends the request with a page, or breaks it off if an answer has begun. No more of it is awaited.</summary>
    internal void GiveUp(Fault fault)
    {
        EndDrain();
        Refuse(fault);
    }

    /// <summary>Ends the request with a page, or breaks it off if an answer has begun.</summary>
    internal void Refuse(Fault fault)
    {
        HasHeader = true;
        Answer?.Abandon(StopReason.Refused);
        Fail(fault);
    }

    /// <summary>The rest of the body is not awaited any more.</summary>
    internal void EndDrain() => IsDrainOver = true;

    /// <summary>Something about the answer has changed: the connection does what can be done, soon.</summary>
    internal void Schedule() => _channel.Schedule();

    /// <inheritdoc cref="IResponseChannel.Wait"/>
    internal void Wait() => _channel.Wait();

    /// <inheritdoc cref="IResponseChannel.Write"/>
    internal int Write(ReadOnlySpan<byte> output)
    {
        int count = _channel.Write(output);
        HasAnswerLeft |= count > 0;
        return count;
    }

    /// <inheritdoc cref="IResponseChannel.Splice"/>
    internal SpliceResult Splice(int pipe, long most, out int moved) => _channel.Splice(pipe, most, out moved);

    /// <inheritdoc cref="IResponseChannel.IsSplicing"/>
    internal bool IsSplicing => _channel.IsSplicing;

    /// <inheritdoc cref="IResponseChannel.EndSplice"/>
    internal void EndSplice() => _channel.EndSplice();

    /// <inheritdoc cref="IResponseChannel.WriteError"/>
    internal void WriteError(ReadOnlySpan<byte> lines) => _channel.WriteError(lines);

    /// <inheritdoc cref="IResponseChannel.End"/>
    internal void End(int exitCode) => _channel.End(exitCode);

    /// <summary>Tells whoever has to act: the log, and, as far as the wire has a way, the web server's.</summary>
    internal void Report(Fault fault)
    {
        fault = fault with { Requested = RequestedPath };
        Context.Report(RequestId, fault);
        _channel.ReportFault(fault);
    }

    /// <summary>The rest of the body is not needed any more: from now on await it for <see cref="Limits.DrainTime"/> at most.</summary>
    internal void StartDrain()
    {
        if (_drainUntil == long.MaxValue)
            _drainUntil = Loop.Now + Limits.DrainTime;
        UpdatePhase();
    }

    /// <summary>The request is not answered as it should: say why in the log, and to the client as well as that is still possible.</summary>
    internal void Fail(Fault fault)
    {
        fault = Observer?.Failed(fault) ?? fault;
        Report(fault);
        if (HasAnswerLeft)
        {
            _channel.Break();
            return;
        }
        Body.Discard();
        Data?.Discard();
        StartDrain();
        Answer = new PageAnswer(this, _channel.Enclose(ErrorPage.Format(fault, RequestId, Context.Options.ErrorsInBrowser, withBody: !IsHead)));
        Schedule();
    }

    /// <summary>Remembers a start that has been prepared.</summary>
    internal void Keep(in LaunchPlan plan) => Plan = plan.Keep(out _planMemory);

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        Context.Service.Requests.Ended(Loop.Now);
        Context.Service.Slots.GiveBack(Slot);
        Slot = -1;
        Body.Dispose();
        Data?.Dispose();
        Memory.Release();
        Libc.Free(_planMemory);
    }

    private void Enter(RequestPhase phase)
    {
        Phase = phase;
        Deadline = EndOf(phase);
        Loop.Expect(Deadline);
    }

    private long EndOf(RequestPhase phase) => phase switch
    {
        RequestPhase.Header => Loop.Now + Context.HeaderTime,
        RequestPhase.Body => Loop.Now + Context.Limits.ProgressSeconds * 1000L,
        RequestPhase.Drain => Math.Min(_drainUntil, Loop.Now + Context.Limits.ProgressSeconds * 1000L),
        _ => long.MaxValue,
    };
}
