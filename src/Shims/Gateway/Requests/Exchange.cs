using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>One request and the way back for its response, whatever the wire.</summary>
internal sealed unsafe class Exchange
{
    /// <summary>The request's memory: its variables.</summary>
    internal Arena Memory;

    /// <summary>What becomes of it.</summary>
    internal RequestOutcome Outcome;

    private byte* _variables;
    private int _variablesLength;
    private byte* _planMemory;
    private string? _requestId;
    private ScriptLog? _errorLog;
    private RequestProgress _progress;
    private bool _isReleased;

    /// <param name="context">Its loop.</param>
    /// <param name="channel">The way back.</param>
    /// <param name="hasHeader">True if its variables have come.</param>
    /// <param name="hasData">True if a second stream comes in: FastCGI's Filter role.</param>
    internal Exchange(LoopContext context, IResponseChannel channel, bool hasHeader, bool hasData = false)
    {
        Context = context;
        Channel = channel;
        Data = hasData ? new BodySpool() : null;
        context.Service.Requests.Started();
        _progress = new RequestProgress(context, hasHeader);
        Outcome = new RequestOutcome(context.Service.AccessLog is null ? null : new AccessEntry(context.Loop.Now));
    }

    /// <summary>The current phase.</summary>
    internal RequestPhase Phase => _progress.Phase;

    /// <inheritdoc cref="RequestProgress.Deadline"/>
    internal long Deadline => _progress.Deadline;

    /// <summary>True if all of its variables have come, or are not awaited any more.</summary>
    internal bool HasHeader => !_progress.IsHeader;

    /// <summary>Shared by the requests of its loop.</summary>
    internal LoopContext Context { get; }

    /// <summary>The request's variables, in <see cref="Memory"/>.</summary>
    internal CgiVariables Variables => new(new ReadOnlySpan<byte>(_variables, _variablesLength));

    internal BodySpool Body { get; } = new();

    /// <summary>The second stream of a FastCGI Filter, the file to be filtered; null in other roles.</summary>
    internal BodySpool? Data { get; }

    /// <summary>True if all of the request has come in.</summary>
    internal bool IsWhole => Body.IsComplete && Data is null or { IsComplete: true };

    /// <summary>Remembers the request for a capsule; null without --record, and until the variables have been read.</summary>
    internal IRequestObserver? Observer { get; set; }

    /// <summary>The way back.</summary>
    internal IResponseChannel Channel { get; set; }

    /// <summary>Bytes of the body as announced, or <see cref="ContentLength.Unknown"/>.</summary>
    internal long BodyLength { get; set; }

    /// <summary>The program that was started, for explanations: see <see cref="LaunchPlan.Keep"/>.</summary>
    internal LaunchPlan Plan { get; private set; }

    /// <summary>The response; null until it has begun to be made.</summary>
    internal Response? Response { get; set; }

    /// <summary>The lock that counts this request among those running, or -1. See <see cref="Slots"/>.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>The id on the error page and in the log.</summary>
    internal string RequestId => _requestId ??= RequestIdVariable.Of(Variables, Context.Options.TrustsRequestId) ?? Log.NewRequestId();

    /// <summary>The log, as the script's standard error goes there.</summary>
    internal ScriptLog ErrorLog => _errorLog ??= new ScriptLog(RequestId);

    /// <summary>True if a byte of the response has gone out: from then on a failure can only be shown by breaking off.</summary>
    internal bool HasResponseStarted { get; set; }

    /// <summary>Bytes of the whole response, header included, if the script has said how many there will be.</summary>
    internal long? ResponseLength { get; set; }

    internal bool IsHead => Variables.Get("REQUEST_METHOD"u8).SequenceEqual("HEAD"u8);

    /// <summary>
    /// Whether output may go out. nginx and Caddy stop sending a body as soon as the response begins, and mod_proxy_scgi reads no response before
    /// it has sent all; so the body comes in first, unless it takes too long for a response that does not need it.
    /// </summary>
    internal bool MaySend => Phase == RequestPhase.Response;

    /// <summary>True if the rest of the body stays in the socket, because its reader has enough, but will go on: it costs neither memory nor a file, and is sent no faster than it is read.</summary>
    internal bool BodyWaits => Response is { LetsBodyWait: true };

    /// <summary>The writer into which the rest of a large body can be moved without being looked at; null if it has to be taken in.</summary>
    internal PipeWriter? DirectInput => Context.Service.MaySplice && BodyLength > Limits.SmallBody && Response?.Input is { IsDirect: true } input ? input : null;

    /// <summary>True if it is answered with a page that says why it failed.</summary>
    internal bool HasFailed => Response is ErrorPageResponse;

    /// <summary>The variables have been read.</summary>
    /// <param name="variables">In <see cref="Memory"/>, which does not move.</param>
    internal void SetVariables(CgiVariables variables)
    {
        _variables = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(variables.Block));
        _variablesLength = variables.Block.Length;
    }

    /// <summary>Takes in a part of the body, and passes on what there is room for. A body that does not fit into the file system is refused.</summary>
    internal void Take(ReadOnlySpan<byte> part)
    {
        Progress();
        if (Body.Add(part))
            Response?.Input?.WriteAvailable();
        else
            Refuse(BodySpool.NoRoom());
    }

    /// <summary>All of its variables have come.</summary>
    internal void EndHeader() => _progress.EndHeader();

    /// <summary>All of the body, or of the second stream, has come in.</summary>
    internal void Complete(BodySpool? stream)
    {
        stream?.Complete();
        if (IsWhole)
            _progress.EndBody();
    }

    /// <inheritdoc cref="RequestProgress.Advance"/>
    internal void Progress() => _progress.Advance();

    /// <summary>Updates the phase after something has come in, gone out or ended.</summary>
    internal void UpdatePhase() => _progress.AwaitReader(BodyWaits);

    /// <inheritdoc cref="RequestProgress.Hurry"/>
    internal void Hurry() => _progress.Hurry();

    /// <summary>The end of the phase has come. Another one begins.</summary>
    internal void OnDeadline()
    {
        if (!HasHeader)
            GiveUp(Context.HeaderIsLate);
        else if (Phase == RequestPhase.Body)
            GiveUp(Context.BodyIsLate);
        EndDrain();
        Schedule();
    }

    /// <summary>The shim ends: so does the request, with a page that says why if that is possible.</summary>
    internal void Shutdown()
    {
        if (Response is null)
            GiveUp(LoopContext.ToldToEnd);
        else
            Response.Abandon(StopReason.Shutdown);
    }

    /// <summary>Ends the request with a page, or breaks it off if a response has begun. No more of it is awaited.</summary>
    internal void GiveUp(Fault fault)
    {
        EndDrain();
        Refuse(fault);
    }

    /// <summary>Ends the request with a page, or breaks it off if a response has begun.</summary>
    internal void Refuse(Fault fault)
    {
        EndHeader();
        Response?.Abandon(StopReason.Refused);
        Fail(fault);
    }

    /// <summary>The rest of the body is not awaited any more.</summary>
    internal void EndDrain() => _progress.EndWaiting();

    /// <summary>Schedules a turn of the connection, as something about the response has changed.</summary>
    internal void Schedule() => Channel.Schedule();

    /// <inheritdoc cref="IResponseChannel.Write"/>
    internal int Write(ReadOnlySpan<byte> output)
    {
        int count = Channel.Write(output);
        HasResponseStarted |= count > 0;
        Outcome.Access?.Sent(count);
        return count;
    }

    /// <inheritdoc cref="IResponseChannel.End"/>
    internal void End(int exitCode) => Channel.End(exitCode);

    /// <summary>Reports a fault to the log, and, where the protocol has a way, to the web server's.</summary>
    internal void Report(Fault fault)
    {
        if (fault.IsOrdinary)
            return;
        fault = fault with { Requested = RequestedPath.Of(Variables) };
        Context.Report(RequestId, fault);
        Channel.ReportFault(fault);
    }

    /// <summary>The rest of the body is not needed any more: from now on await it for <see cref="Limits.DrainTime"/> at most.</summary>
    internal void StartDrain() => _progress.StartDrain();

    /// <summary>The request is not answered as it should: say why in the log, and to the client as well as that is still possible.</summary>
    internal void Fail(Fault fault)
    {
        Report(fault = Observer?.Failed(fault) ?? fault);
        if (HasResponseStarted)
        {
            Channel.Break();
            return;
        }
        ErrorPageResponse.Give(this, fault.Status, ErrorPage.Format(fault, RequestId, Context.Options.ErrorsInBrowser, withBody: !IsHead));
    }

    /// <summary>Remembers a start that has been prepared.</summary>
    internal void Keep(in LaunchPlan plan) => Plan = plan.Keep(out _planMemory);

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        _errorLog?.End();
        if (Outcome.Access is { } access)
            Context.Service.AccessLog!.Write(access, Variables, Plan, RequestId, Context.Loop.Now);
        Context.Service.Ended(Outcome, HasResponseStarted, Context.Loop.Now);
        if (Slot >= 0)
        {
            Context.Service.Slots.GiveBack(Slot);
            Context.SlotFreed();
        }
        Slot = -1;
        Body.Dispose();
        Data?.Dispose();
        Memory.Release();
        Libc.Free(_planMemory);
    }
}
