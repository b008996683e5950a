using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

// What a connection is doing, and how long that may take.
internal abstract partial class Connection
{
    private readonly long _acceptedAt;
    private long _phaseUntil;
    private long _goneAt = long.MaxValue;
    private SendProgress _sending = new();

    public long Deadline => IsEnding ? _phaseUntil : Math.Min(Math.Min(_phaseUntil, _goneAt), Math.Min(_sending.Deadline, RequestDeadline));

    /// <summary>What it is doing.</summary>
    internal ConnectionPhase Phase { get; private set; }

    /// <summary>The requests that have begun and have not ended.</summary>
    internal abstract IReadOnlyList<Exchange> Requests { get; }

    /// <summary>The first end of a phase among the requests. Call <see cref="Expect"/> when it comes nearer.</summary>
    protected abstract long RequestDeadline { get; }

    void ITimed.OnTime()
    {
        long now = Loop.Now;
        if (Phase == ConnectionPhase.Lingering)
        {
            CloseNow();
            return;
        }
        if (now >= _goneAt)
            LookForPeer(now);
        if (!IsEnding && now >= _sending.Deadline && _sending.HasStalled(Descriptor, now, Patience))
            PeerStalled();
        if (!IsEnding && now >= _phaseUntil)
            OnPhaseEnd();
        if (!IsEnding && now >= RequestDeadline)
            OnRequestEnd();
    }

    /// <summary>The time for the first or the next request is over. Ends with the connection closed or about to be.</summary>
    protected abstract void OnPhaseEnd();

    /// <summary>The phase of a request has come to its end: it must be another one afterwards, or end later.</summary>
    protected abstract void OnRequestEnd();

    protected void Expect() => Loop.Expect(Deadline);

    /// <summary>Goes over to another phase.</summary>
    protected void Enter(ConnectionPhase phase)
    {
        Phase = phase;
        _phaseUntil = phase switch
        {
            ConnectionPhase.Opening => Loop.Now + Context.HeaderTime,
            ConnectionPhase.Idle => Loop.Now + Limits.KeptConnection,
            ConnectionPhase.Lingering => Loop.Now + Limits.HalfCloseGrace,
            ConnectionPhase.Breaking => Loop.Now + Limits.BreakLook,
            _ => long.MaxValue,
        };
        Loop.Expect(_phaseUntil);
    }

    /// <summary>The process is to end: a first request that is on its way is awaited for a moment, from when the connection was taken or from now, if a part of it has come.</summary>
    protected void AwaitFirstRequest(bool hasPartCome)
    {
        _phaseUntil = Math.Min(_phaseUntil, (hasPartCome ? Loop.Now : _acceptedAt) + Limits.FirstRequestGrace);
        if (_phaseUntil <= Loop.Now)
            OnPhaseEnd();
        else
            Expect();
    }

    /// <summary>A peer that takes bytes has not gone.</summary>
    private int Taken(int count)
    {
        if (_goneAt != long.MaxValue)
            _goneAt = Loop.Now + Limits.HalfCloseGrace;
        return count;
    }

    private long Patience => Context.Limits.ProgressSeconds * 1000L;

    private void MayWrite()
    {
        CanWrite = true;
        _sending.End();
    }

    private void PeerEnded()
    {
        if (HasPeerEnded)
            return;
        HasPeerEnded = true;
        OnPeerEnded();
        // Of a unix socket the kernel says for itself when the peer has gone.
        if (IsEnding || Context.Service.IsHalfCloseNormal || Libc.SocketOption(Descriptor, Flags.SO_DOMAIN) == Flags.AF_UNIX)
            return;
        _goneAt = Loop.Now + Limits.HalfCloseGrace;
        Expect();
    }

    /// <summary>Over TCP a peer that has gone looks like one that only sends no more, until something is sent to it.</summary>
    private void LookForPeer(long now)
    {
        _goneAt = CanWrite ? long.MaxValue : now + Limits.HalfCloseGrace;
        if (CanWrite)
            PeerGone();
    }

    private void PeerStalled()
    {
        Context.Report(Log.NewRequestId(), new Fault(408, $"the web server took nothing of an answer for {Context.Limits.ProgressSeconds} s", "see its log for why it stopped reading")
        { ExitCode = ExitCode.PeerError });
        PeerGone();
    }
}
