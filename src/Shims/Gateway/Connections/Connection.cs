using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>A connection from a web server: what can be done with it now, when the peer has gone, and how it is closed without or with a reset.</summary>
/// <remarks>
/// It is always in a <see cref="ConnectionPhase"/>, and each of its requests in a <see cref="RequestPhase"/>, that has an end. Beside them run two clocks: while something waits
/// to be sent the peer must go on taking (<see cref="SendProgress"/>), and over TCP one that has ended its sending is taken for gone after a while. What is left when
/// the process has to end is closed: see <see cref="FinishTime"/>.
/// </remarks>
internal abstract partial class Connection : IWatcher, ITimed, IScheduled
{
    private readonly ConnectionContext _context;
    private bool _isNonBlocking;
    private int _pieces;
    private Turn _turn;

    /// <param name="context">What it is made with.</param>
    /// <param name="descriptor">Taken over.</param>
    protected Connection(ConnectionContext context, int descriptor)
    {
        _context = context;
        Descriptor = descriptor;
        _acceptedAt = Loop.Now;
        Enter(ConnectionPhase.Opening);
        Context.ConnectionCount++;
    }

    /// <summary>What the connections of its loop share.</summary>
    internal LoopContext Context => _context.Loop;

    internal EventLoop Loop => Context.Loop;

    /// <summary>Answers its requests.</summary>
    internal IResponder Responder => _context.Responder;

    /// <summary>Follows its requests; null without --record.</summary>
    internal IRequestRecorder? Recorder => _context.Recorder;

    /// <summary>Who is at the other end, in words.</summary>
    public string Peer => Context.Service.IsHalfCloseNormal ? "a pipe or file" : PeerName.Of(Descriptor);

    /// <summary>-1 once closed.</summary>
    protected int Descriptor { get; private set; }

    protected bool IsClosed => Descriptor < 0;

    /// <summary>Whether nothing more is to be done for the peer: what it still sends is only read away.</summary>
    protected bool IsEnding => Phase >= ConnectionPhase.Lingering;

    protected bool CanRead { get; private set; } = true;

    protected bool CanWrite { get; private set; } = true;

    /// <summary>Whether the peer has said that it will send no more.</summary>
    protected bool HasPeerEnded { get; private set; }

    /// <summary>Whether the peer is expected to send more before it has been answered.</summary>
    protected abstract bool ExpectsMore { get; }

    /// <summary>Begins to read. Most web servers have sent the whole request by now, and then nothing but their going away is worth waking for.</summary>
    internal void Start()
    {
        Loop.Add(this);
        TakeTurn();
        if (!IsClosed)
            Loop.Watch(Descriptor, Interest, this);
    }

    /// <summary>Closes the connection when nothing is in flight on it any more.</summary>
    internal abstract void Finish();

    /// <summary>Ends what is in flight, because the shim has been told to end.</summary>
    internal abstract void Shutdown();

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        if ((readiness & (Readiness.Read | Readiness.PeerEnded | Readiness.HangUp | Readiness.Error)) != 0)
            CanRead = true;
        if ((readiness & Readiness.Write) != 0)
            MayWrite();
        if (Phase == ConnectionPhase.Lingering)
        {
            Linger();
            return;
        }
        TakeTurn();
        if (IsEnding)
            return;
        if ((readiness & (Readiness.HangUp | Readiness.Error)) != 0)
            PeerGone();
        else if ((readiness & Readiness.PeerEnded) != 0)
            PeerEnded();
    }

    /// <summary>Something has changed about one of its requests: that is seen to when what is going on has been done, before the loop waits.</summary>
    public void Schedule()
    {
        if (_turn == Turn.None)
            Loop.Schedule(this);
        _turn = _turn is Turn.None or Turn.Scheduled ? Turn.Scheduled : Turn.UnderWayAgain;
    }

    /// <summary>As <see cref="Schedule"/>, for a change that a turn which is under way sees to at its end.</summary>
    internal void ScheduleOutsideOfTurn()
    {
        if (_turn == Turn.None)
            Schedule();
    }

    void IScheduled.OnTurn()
    {
        if (_turn == Turn.Scheduled)
            TakeTurn();
    }

    /// <summary>Does what can be done without waiting, until nothing changes any more.</summary>
    protected void TakeTurn()
    {
        do
        {
            _turn = Turn.UnderWay;
            if (!IsEnding)
                Advance();
        }
        while (_turn == Turn.UnderWayAgain);
        _turn = Turn.None;
    }

    /// <summary>Does what can be done without waiting.</summary>
    protected abstract void Advance();

    /// <summary>The peer does not want an answer any more. Ends with the connection closed.</summary>
    protected abstract void PeerGone();

    /// <summary>The peer will send no more.</summary>
    protected abstract void OnPeerEnded();

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Bytes; 0 at the end of input; -1 if there is nothing for now.</returns>
    internal nint Receive(Span<byte> buffer) => Noted(Libc.Receive(Descriptor, buffer));

    /// <summary>Looks at what has arrived without taking it.</summary>
    internal nint Peek(Span<byte> buffer) => Noted(Libc.Peek(Descriptor, buffer));

    /// <summary>What has arrived is too little, or is left where it is: there is nothing to read until more comes.</summary>
    internal void WaitForMore() => CanRead = false;

    /// <summary>Remembers what a read has told. A connection that was reset has ended.</summary>
    protected nint Noted(nint count)
    {
        if (count >= 0)
            return count;
        bool isOver = !Libc.WouldBlock;
        CanRead = isOver;
        return isOver ? 0 : -1;
    }

    /// <summary>Sends what fits.</summary>
    /// <param name="bytes">What comes next.</param>
    /// <param name="isMoreToCome">Whether it is to wait for what is sent at once after it, to travel with that.</param>
    /// <returns>Bytes sent. 0 if the peer takes nothing for now; if it has gone, that is told with the next event.</returns>
    internal int Send(ReadOnlySpan<byte> bytes, bool isMoreToCome = false)
    {
        if (!CanWrite)
            return 0;
        SendSoon();
        nint count = Libc.Send(Descriptor, bytes, isMoreToCome);
        if (count >= 0)
            return Taken((int)count);
        AwaitWriting();
        return 0;
    }

    /// <summary>
    /// Over TCP the kernel holds a small piece back until the one before it has been acknowledged, and a peer that has nothing to say itself takes 40 ms for that
    /// (RFC 1122, section 4.2.3). What is sent here is as large as it can be, so nothing is gained by it. Most answers are one piece, and need no call.
    /// </summary>
    private void SendSoon()
    {
        if (_pieces < 2 && ++_pieces == 2)
            Libc.SetNoDelay(Descriptor);
    }

    /// <summary>Asks to be told of room only now: a script that writes to the connection itself would wake the loop with each write that the peer reads.</summary>
    private void AwaitWriting()
    {
        CanWrite = false;
        _sending.Begin(Loop.Now, Patience);
        Loop.Expect(_sending.Deadline);
        Loop.Rewatch(Descriptor, Interest);
    }

    /// <summary>Moves bytes that a pipe holds to the peer inside the kernel.</summary>
    /// <returns>Bytes moved; 0 as with <see cref="Send"/>.</returns>
    internal int SpliceFrom(int pipe, int length)
    {
        if (!CanWrite)
            return 0;
        StopBlocking();
        SendSoon();
        nint count = Libc.Splice(pipe, Descriptor, length);
        if (count > 0)
            return Taken((int)count);
        AwaitWriting();
        return 0;
    }

    /// <summary>Closes after everything has been read and written: the peer sees an orderly end.</summary>
    /// <param name="hasInputEnded">
    /// Whether all that the peer has to say has come in. If not, it gets a moment to say it, since closing over unread bytes is a reset, which can
    /// overtake the answer.
    /// </param>
    protected void CloseOrderly(bool hasInputEnded)
    {
        if (IsClosed)
            return;
        if (hasInputEnded && IsEverythingRead())
        {
            // A process for one connection has it as other descriptors too, which a script that goes on would keep open.
            if (!Context.Service.ServesMany && Context.Scripts.Count > 0)
                Libc.ShutdownWriting(Descriptor);
            CloseNow();
            return;
        }
        Libc.ShutdownWriting(Descriptor);
        Enter(ConnectionPhase.Lingering);
        CanRead = true;
        Loop.Rewatch(Descriptor, Interest);
        Linger();
    }

    /// <summary>Whether the peer has taken all that was sent: a reset would destroy the rest of it.</summary>
    protected bool HasPeerTakenAll => Libc.Untaken(Descriptor) == 0;

    /// <summary>Closes so that the peer sees a reset: over TCP by asking for one, over unix sockets by leaving bytes unread.</summary>
    internal void CloseBroken()
    {
        if (IsClosed)
            return;
        Libc.ResetOnClose(Descriptor);
        CloseNow();
    }

    /// <summary>The peer sees the end of what is sent to it, whoever else has the connection.</summary>
    protected void EndSending()
    {
        if (!IsClosed)
            Libc.ShutdownWriting(Descriptor);
    }

    /// <summary>Called once, when the descriptor has been closed.</summary>
    protected abstract void OnClosed();

    /// <summary>Gives the descriptor, with nothing read from it, to a connection that speaks a protocol. This one has ended then.</summary>
    protected void HandOver(Protocol protocol)
    {
        int descriptor = Descriptor;
        Loop.Unwatch(descriptor);
        Descriptor = -1;
        Leave();
        _context.Owner.Begin(protocol, new ScgiHeaderBuffer { Connection = descriptor });
    }

    /// <summary>splice has no MSG_DONTWAIT. No script shares the connection of a relay.</summary>
    private void StopBlocking()
    {
        if (!_isNonBlocking)
            Libc.SetNonBlocking(Descriptor, true);
        _isNonBlocking = true;
    }

    private void CloseNow()
    {
        if (IsClosed)
            return;
        int descriptor = Descriptor;
        Loop.Close(ref descriptor);
        Descriptor = -1;
        Leave();
        OnClosed();
    }

    private void Leave()
    {
        Enter(ConnectionPhase.Closed);
        Loop.Remove(this);
        Context.ConnectionCount--;
        _context.Owner.Ended(this);
    }

    private Readiness Interest =>
        Readiness.PeerEnded | (ExpectsMore || Phase == ConnectionPhase.Lingering ? Readiness.Read : Readiness.None) | (CanWrite ? Readiness.None : Readiness.Write);

    /// <summary>Takes what was left in the socket, and any surplus (nginx cuts bytes beyond the body, other peers do not), so that closing is no reset.</summary>
    private bool IsEverythingRead() => Libc.Receive(Descriptor, Context.Scratch) < LoopContext.ScratchSize;

    private void Linger()
    {
        nint count;
        do
            count = Receive(Context.Scratch);
        while (count > 0);
        if (count == 0)
            CloseNow();
    }

    /// <summary>Whether it is seen to.</summary>
    private enum Turn : byte
    {
        /// <summary>Nothing has changed.</summary>
        None,

        /// <summary>It will be.</summary>
        Scheduled,

        /// <summary>It is.</summary>
        UnderWay,

        /// <summary>It is, and something has changed since that began.</summary>
        UnderWayAgain,
    }
}
