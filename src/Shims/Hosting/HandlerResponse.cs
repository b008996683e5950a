using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Responds with a handler: the loop's side of a <see cref="HandlerChannel"/>.</summary>
internal sealed class HandlerResponse : Response, IDeadline
{
    private readonly HandlerScheduler _scheduler;
    private readonly long _startedAt;
    private readonly long _deadline;
    private long _errorsRetryAt = long.MaxValue;

    /// <summary>Responds to an exchange.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="scheduler">Runs the handler.</param>
    /// <param name="ended">As <see cref="HandOff"/> has it.</param>
    internal HandlerResponse(Exchange exchange, HandlerScheduler scheduler, Action ended)
        : base(exchange)
    {
        _scheduler = scheduler;
        Channel = new HandlerChannel(exchange, scheduler, ended);
        _startedAt = Loop.Now;
        _deadline = exchange.Context.Limits.ScriptSeconds is { } seconds ? Loop.Now + seconds * 1000L : long.MaxValue;
        Loop.Add(this);
    }

    /// <summary>Shared with the handler.</summary>
    internal HandlerChannel Channel { get; }

    long IDeadline.Deadline => Math.Min(_deadline, _errorsRetryAt);

    private EventLoop Loop => Exchange.Context.Loop;

    internal override void Advance()
    {
        if (Channel.IsOver)
            return;
        _errorsRetryAt = Channel.Errors.MoveTo(Exchange);
        switch (Move())
        {
            case <= HandOffState.Running when Exchange.Body.IsLost:
                Close(isAwaited: true);
                Exchange.Fail(BodySpool.Lost("the handler"));
                break;
            case <= HandOffState.Completed when Channel.Output.HeadFault is { } fault:
                Close(isAwaited: true);
                Exchange.Fail(new Fault(500, $"the handler's response cannot be sent: {fault}", "let it set fewer or shorter headers"));
                break;
            case HandOffState.Completed:
                EndIfSent();
                break;
            case HandOffState.Failed:
                Close(isAwaited: true);
                Exchange.Fail(Channel.Fault!);
                break;
        }
    }

    internal override void Abandon(StopReason reason)
    {
        if (Channel.IsOver)
            return;
        Close(isAwaited: true);
        if (reason == StopReason.PeerGone && PeerGone.IsWorthALine(Loop.Now - _startedAt))
            Exchange.Report(PeerGone.Explain(Exchange, Loop.Now - _startedAt, Exchange.HasResponseStarted, "the handler's response is thrown away"));
        if (reason == StopReason.Shutdown)
            Exchange.Fail(new Fault(503, "the program was told to end (SIGTERM) while a handler was running", "make handlers end sooner, or raise ShimOptions.FinishTime") { ExitCode = ExitCode.SystemError });
    }

    void IDeadline.OnDeadline()
    {
        if (Loop.Now < _deadline)
        {
            _errorsRetryAt = long.MaxValue;
            Exchange.Schedule();
            return;
        }
        Close(isAwaited: false);
        int seconds = Exchange.Context.Limits.ScriptSeconds ?? 0;
        Exchange.Fail(new Fault(504, $"the handler took longer than {seconds} s", "see what it waits for, or raise ShimOptions.HandlerTimeout"));
    }

    /// <summary>Moves what can be moved now, both ways.</summary>
    private HandOffState Move()
    {
        lock (Channel.Sync)
        {
            HandOff handOff = Channel.HandOff;
            bool hasMoved = handOff.State <= HandOffState.Running && Channel.Input.Take(Exchange.Body);
            if (Channel.Input.IsEnough && handOff.Queue())
                _scheduler.Enqueue(Channel);
            hasMoved |= Channel.Output.Send();
            if (hasMoved || Channel.Output.IsSent)
                Channel.WakeHandler();
            return handOff.State;
        }
    }

    private void EndIfSent()
    {
        if (!Exchange.MaySend)
        {
            Exchange.Body.Discard();
            Exchange.StartDrain();
        }
        else if (Channel.HasCome(HandlerWait.Sent) && Channel.Errors.IsEmpty)
        {
            Close(isAwaited: true);
            Exchange.End(0);
        }
    }

    private void Close(bool isAwaited)
    {
        Loop.Remove(this);
        lock (Channel.Sync)
        {
            if (isAwaited)
                Channel.HandOff.Close();
            else
                Channel.HandOff.GiveUp();
            Channel.Input.Dispose();
            Channel.Output.Dispose();
            Channel.WakeHandler();
        }
        Channel.Errors.Close(Exchange);
    }
}
