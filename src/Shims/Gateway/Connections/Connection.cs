using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>A connection from a web server: what it is doing, how long that may take, when it is advanced, and how it is closed without or with a reset.</summary>
/// <remarks>It and each of its requests are always in a phase that has an end; the <see cref="Transport"/> has two clocks of its own. What is left when the process has to end is closed: see <c>FinishTime</c>.</remarks>
internal abstract class Connection : ITransportOwner, IDeadline, IScheduled
{
    private readonly ConnectionContext _context;
    private PhaseClock _phase;
    private Turn _turn;

    /// <param name="context">Its surroundings.</param>
    /// <param name="descriptor">Taken over.</param>
    protected Connection(ConnectionContext context, int descriptor)
    {
        _context = context;
        Context = context.Context;
        Transport = new Transport(Context, descriptor, this);
        _phase = new PhaseClock(Context);
        Enter(ConnectionPhase.Opening);
    }

    /// <summary>Shared by the connections of its loop.</summary>
    internal LoopContext Context { get; }

    internal EventLoop Loop => Context.Loop;

    /// <summary>Responds to its requests.</summary>
    internal IResponder Responder => _context.Responder;

    /// <summary>Follows its requests; null without --record.</summary>
    internal IRequestRecorder? Recorder => _context.Recorder;

    /// <summary>A description of the peer.</summary>
    public string Peer => Context.Service.IsHalfCloseNormal ? "a pipe or file" : PeerName.Of(Transport.Descriptor);

    /// <summary>Its state.</summary>
    internal ConnectionPhase Phase => _phase.Phase;

    /// <summary>True if nothing is in flight on it, so that it may <see cref="Close"/> where descriptors are lacking: it waits for a next request, of which nothing has come, or only reads away.</summary>
    internal virtual bool MayGiveWay => Phase == ConnectionPhase.Lingering || (Phase == ConnectionPhase.Idle && !Transport.HasMore());

    /// <summary>The requests that have begun and have not ended.</summary>
    internal abstract IReadOnlyList<Exchange> Requests { get; }

    public long Deadline => IsEnding ? _phase.Until : Math.Min(_phase.Until, Math.Min(Transport.Deadline, RequestDeadline));

    bool ITransportOwner.ExpectsInput => ExpectsMore || Phase == ConnectionPhase.Lingering;

    protected ProtocolDetection Detection => _context.Detection;

    protected Transport Transport { get; }

    /// <summary>True if nothing more is to be done for the peer: what it still sends is only read away.</summary>
    protected bool IsEnding => Phase >= ConnectionPhase.Lingering;

    /// <summary>True if the peer has said that it will send no more.</summary>
    protected bool HasPeerEnded { get; private set; }

    /// <summary>True if the peer is expected to send more before it has been answered.</summary>
    protected abstract bool ExpectsMore { get; }

    /// <summary>The first end of a phase among the requests. Wake the loop by <see cref="Deadline"/> when it comes nearer.</summary>
    protected abstract long RequestDeadline { get; }

    /// <summary>Begins to read. Most web servers have sent the whole request by now, and then nothing but their going away is worth waking for.</summary>
    internal void Start()
    {
        Loop.Add(this);
        TakeTurn();
        if (!Transport.IsClosed)
            Transport.Watch();
    }

    /// <summary>Closes the connection when nothing is in flight on it any more.</summary>
    internal abstract void Finish();

    /// <summary>Ends what is in flight, because the shim has been told to end.</summary>
    internal abstract void Shutdown();

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        Transport.Note(readiness);
        if (Phase == ConnectionPhase.Lingering)
            ReadAway();
        else
            TakeTurn();
        if (IsEnding)
            return;
        if ((readiness & (Readiness.HangUp | Readiness.Error)) != 0)
            PeerGone();
        else if ((readiness & Readiness.PeerEnded) != 0 && !HasPeerEnded)
            PeerEnded();
    }

    void IDeadline.OnDeadline()
    {
        long now = Loop.Now;
        if (IsEnding)
            Close();
        else if (Transport.HasGone(now))
            PeerGone();
        if (!IsEnding && Transport.HasStalled(now))
        {
            Context.Report(Log.NewRequestId(), Context.NothingIsTaken);
            PeerGone();
        }
        if (!IsEnding && now >= _phase.Until)
            OnPhaseEnd();
        if (!IsEnding && now >= RequestDeadline)
            OnRequestEnd();
    }

    /// <summary>Schedules a turn for a change of one of its requests: after the current work, before the loop waits.</summary>
    public void Schedule()
    {
        if (_turn.Ask())
            Loop.Schedule(this);
    }

    /// <summary>As <see cref="Schedule"/>, for a change that a turn which is under way sees to at its end.</summary>
    internal void ScheduleOutsideOfTurn()
    {
        if (_turn.State == TurnState.None)
            Schedule();
    }

    void IScheduled.OnTurn()
    {
        if (_turn.State == TurnState.Scheduled)
            TakeTurn();
    }

    /// <summary>Does what can be done without waiting, until nothing changes any more.</summary>
    protected void TakeTurn()
    {
        _turn.Begin();
        do
        {
            if (!IsEnding)
                Advance();
        }
        while (!_turn.End());
    }

    /// <summary>Does what can be done without waiting.</summary>
    protected abstract void Advance();

    /// <summary>The peer does not want a response any more. Ends with the connection closed.</summary>
    protected abstract void PeerGone();

    /// <summary>The peer will send no more.</summary>
    protected virtual void OnPeerEnded()
    {
        // Reading finds the end of input where a request is incomplete.
    }

    /// <summary>The time for the first or the next request is over. Ends with the connection closed or about to be.</summary>
    protected abstract void OnPhaseEnd();

    /// <summary>The phase of a request has come to its end: it must be another one afterwards, or end later.</summary>
    protected abstract void OnRequestEnd();

    /// <summary>Called once, when the descriptor has been closed.</summary>
    protected abstract void OnClosed();

    /// <inheritdoc cref="PhaseClock.Enter"/>
    protected void Enter(ConnectionPhase phase) => _phase.Enter(phase);

    /// <inheritdoc cref="PhaseClock.Hurry"/>
    protected void AwaitFirstRequest(bool hasPartCome)
    {
        if (!_phase.Hurry(hasPartCome))
            OnPhaseEnd();
    }

    /// <summary>Closes after everything has been read and written: the peer sees an orderly end.</summary>
    /// <param name="hasInputEnded">True if the peer has said all. If not, it gets a moment for it, since closing over unread bytes is a reset, which can overtake the response.</param>
    protected void CloseOrderly(bool hasInputEnded)
    {
        if (IsEnding)
            return;
        if (hasInputEnded && Transport.IsEverythingRead(Context.Scratch))
        {
            // A process for one connection has it as other descriptors too, which a script that goes on would keep open.
            if (!Context.Service.ServesMany && Context.Scripts.Count > 0)
                Transport.EndSending();
            Close();
            return;
        }
        Transport.EndSending();
        Enter(ConnectionPhase.Lingering);
        Transport.Rewatch(looksAgain: true);
        ReadAway();
    }

    /// <summary>Closes so that the peer sees a reset.</summary>
    internal void CloseBroken()
    {
        if (Phase == ConnectionPhase.Closed)
            return;
        Transport.ResetOnClose();
        Close();
    }

    /// <summary>Ends the connection by a reset that waits until the peer has taken what was sent, which it would destroy.</summary>
    protected void BreakWhenTaken()
    {
        if (!_phase.TryAwaitTaking(Transport))
            CloseBroken();
    }

    /// <summary>Gives the descriptor, with nothing read from it, to a connection that speaks a protocol. This one has ended then.</summary>
    protected void HandOver(Protocol protocol)
    {
        Leave();
        _context.Begin(protocol, Transport.GiveAway());
    }

    internal void Close()
    {
        Transport.Close();
        Leave();
        OnClosed();
    }

    private void Leave()
    {
        Enter(ConnectionPhase.Closed);
        Loop.Remove(this);
        _context.Ended(this);
    }

    private void ReadAway()
    {
        if (Transport.ReadAway(Context.Scratch))
            Close();
    }

    private void PeerEnded()
    {
        HasPeerEnded = true;
        OnPeerEnded();
        if (!IsEnding && !Context.Service.IsHalfCloseNormal && Transport.MayHaveGone())
            Loop.WakeBy(Deadline);
    }
}
