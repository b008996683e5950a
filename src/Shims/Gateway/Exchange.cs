using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Gateway;

/// <summary>One request and the way back for its answer, whatever the wire.</summary>
internal abstract unsafe class Exchange
{
    /// <summary>The request's memory: its variables.</summary>
    internal Arena Memory;

    private byte* _planMemory;
    private string? _requestId;
    private long _drainUntil = long.MaxValue;
    private bool _isReleased;

    protected Exchange(GatewayServer server)
    {
        Server = server;
        server.Requests.Started();
        Enter(RequestPhase.Header);
    }

    /// <summary>What it waits for.</summary>
    internal RequestPhase Phase { get; private set; }

    /// <summary>When the phase ends; <see cref="long.MaxValue"/> where that is for the script or the handler to say.</summary>
    internal long Deadline { get; private set; }

    /// <summary>Whether all of its variables have come, or are not awaited any more.</summary>
    internal bool HasHeader { get; set; }

    internal GatewayServer Server { get; }

    /// <summary>The request's variables, in <see cref="Memory"/>.</summary>
    internal abstract CgiVariables Variables { get; }

    internal BodySpool Body { get; } = new();

    /// <summary>The second stream of a FastCGI Filter, the file to be filtered; null for everybody else.</summary>
    internal virtual BodySpool? Data => null;

    /// <summary>Whether all of the request has come in.</summary>
    internal bool IsWhole => Body.IsComplete && Data is null or { IsComplete: true };

    /// <summary>What is remembered of the request for a capsule; null without --record, and until the variables have been read.</summary>
    internal RecordedRequest? Recording { get; private set; }

    /// <summary>Who has connected, in words.</summary>
    internal virtual string Peer => "";

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

    /// <summary>Where what comes next of a large body can go without being looked at; null if it has to be taken in.</summary>
    internal PipeFeed? DirectInput => Server.MaySplice && BodyLength > Limits.SmallBody && Answer?.Input is { IsDirect: true } input ? input : null;

    /// <summary>Whether the rest of a body that nobody reads has been awaited long enough.</summary>
    protected bool IsDrainOver { get; set; }

    /// <summary>Whether it is answered with a page that says why it failed.</summary>
    protected bool HasFailed => Answer is PageAnswer;

    private EventLoop Loop => Server.Loop;

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
                GiveUp(Server.HeaderIsLate);
                break;
            case RequestPhase.Body:
                GiveUp(new Fault(408, $"the web server sent no more of a request's body for {Server.Options.Limits.ProgressSeconds} s", "see its log for why it stopped") { ExitCode = ExitCode.PeerError });
                break;
            default:
                EndDrain();
                Answer?.Advance();
                break;
        }
        UpdatePhase();
    }

    /// <summary>The shim ends: so does the request, with a page that says why if that is possible.</summary>
    internal void Shutdown()
    {
        if (Answer is null)
            GiveUp(GatewayServer.ToldToEnd);
        else
            Answer.Abandon(StopReason.Shutdown);
    }

    /// <summary>Ends the request with a page, or breaks it off if an answer has begun. No more of it is awaited.</summary>
    internal virtual void GiveUp(Fault fault)
    {
        HasHeader = true;
        EndDrain();
        Answer?.Abandon(StopReason.Refused);
        Fail(fault);
    }

    /// <summary>The rest of the body is not awaited any more.</summary>
    internal void EndDrain() => IsDrainOver = true;

    /// <summary>Something about the answer has changed: does what can be done now.</summary>
    internal abstract void Advance();

    /// <summary>Waits until something about the request may have changed. For a handler that runs on the loop's own thread.</summary>
    internal virtual void Wait() => Server.Loop.RunOnce();

    /// <summary>Sends a part of the CGI response.</summary>
    /// <returns>How many bytes were taken; the answer is told to go on when there is room for more.</returns>
    internal abstract int Write(ReadOnlySpan<byte> output);

    /// <summary>Sends what a pipe holds without looking at it. Everything written before must have gone out, at least to the connection's queue.</summary>
    /// <param name="most">Bytes at the most.</param>
    /// <param name="moved">Bytes that have left the pipe, or will before anything else is read from it.</param>
    /// <returns>Whether the pipe may hold more that can be sent now.</returns>
    internal abstract SpliceResult Splice(int pipe, long most, out int moved);

    /// <summary>Whether a pipe still holds bytes that <see cref="Splice"/> has promised to the peer: nobody else may read from it, or close it, until they have gone out or <see cref="EndSplice"/> has taken them.</summary>
    internal virtual bool IsSplicing => false;

    /// <summary>The pipe that <see cref="Splice"/> was given will be closed: takes out of it what has been promised to the peer.</summary>
    internal virtual void EndSplice()
    {
    }

    /// <summary>Passes on what a script wrote to its standard error.</summary>
    internal abstract void WriteError(ReadOnlySpan<byte> lines);

    /// <summary>Whether there is room for more of what a script writes to its standard error.</summary>
    internal virtual bool CanTakeErrors => !Log.IsFull;

    /// <summary>Tells the web server's log of a fault, where the wire has a way.</summary>
    internal virtual void ReportFault(Fault fault)
    {
    }

    /// <summary>The answer is complete.</summary>
    /// <param name="exitCode">The script's exit code, for FastCGI's appStatus.</param>
    internal abstract void End(int exitCode);

    /// <summary>The answer broke off after its beginning has gone out: make it look broken to the web server.</summary>
    internal abstract void Break();

    /// <summary>The rest of the body is not needed any more: from now on await it for <see cref="Limits.DrainTime"/> at most.</summary>
    internal virtual void StartDrain()
    {
        if (_drainUntil == long.MaxValue)
            _drainUntil = Loop.Now + Limits.DrainTime;
        UpdatePhase();
    }

    /// <summary>The request is not answered as it should: say why in the log, and to the client as well as that is still possible.</summary>
    internal void Fail(Fault fault)
    {
        fault = Recording?.Failed(fault) ?? fault;
        Server.Report(this, fault);
        if (HasAnswerLeft)
        {
            Break();
            return;
        }
        Body.Discard();
        Data?.Discard();
        StartDrain();
        Answer = new PageAnswer(this, Enclose(ErrorPage.Format(fault, RequestId, Server.Options.ErrorsInBrowser, withBody: !IsHead)));
        Answer.Advance();
    }

    /// <summary>The variables have been read: from now on there is something to keep.</summary>
    protected void StartRecording() => Recording = Server.Options.Recorder?.Begin(this);

    /// <summary>Puts an error page into the form that the peer understands, if that is not the wire's own.</summary>
    protected virtual byte[] Enclose(byte[] response) => response;

    /// <summary>Remembers a start that has been prepared.</summary>
    internal void Keep(in LaunchPlan plan) => Plan = plan.Keep(out _planMemory);

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        Server.Requests.Ended(Server.Loop.Now);
        Server.Slots.GiveBack(Slot);
        Slot = -1;
        Body.Dispose();
        Data?.Dispose();
        Memory.Release();
        Libc.Free(_planMemory);
        ReleaseOwn();
    }

    private void Enter(RequestPhase phase)
    {
        Phase = phase;
        Deadline = EndOf(phase);
        Loop.Expect(Deadline);
    }

    private long EndOf(RequestPhase phase) => phase switch
    {
        RequestPhase.Header => Loop.Now + Server.HeaderTime,
        RequestPhase.Body => Loop.Now + Server.Options.Limits.ProgressSeconds * 1000L,
        RequestPhase.Drain => Math.Min(_drainUntil, Loop.Now + Server.Options.Limits.ProgressSeconds * 1000L),
        _ => long.MaxValue,
    };

    /// <summary>Gives back what only the wire knows of.</summary>
    protected virtual void ReleaseOwn()
    {
    }
}
