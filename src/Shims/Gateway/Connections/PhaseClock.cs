using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>The phase of a connection, and when it ends.</summary>
internal struct PhaseClock(LoopContext context)
{
    private readonly long _acceptedAt = context.Loop.Now;
    private long _breakUntil;

    /// <summary>The current phase.</summary>
    internal ConnectionPhase Phase { get; private set; }

    /// <summary>The end of the phase; <see cref="long.MaxValue"/> if the requests decide it.</summary>
    internal long Until { get; private set; }

    /// <summary>Goes over to another phase. That of <see cref="ConnectionPhase.Breaking"/> may be entered again: it is one, and ends a look later.</summary>
    internal void Enter(ConnectionPhase phase)
    {
        if (phase == ConnectionPhase.Breaking && Phase != phase)
            _breakUntil = context.Loop.Now + Limits.HalfCloseGrace;
        Phase = phase;
        Until = phase switch
        {
            ConnectionPhase.Opening => context.Loop.Now + context.HeaderTime,
            ConnectionPhase.Idle => context.Loop.Now + Limits.KeptConnection,
            ConnectionPhase.Lingering => context.Loop.Now + Limits.HalfCloseGrace,
            ConnectionPhase.Breaking => context.Loop.Now + Limits.BreakLook,
            _ => long.MaxValue,
        };
        context.Loop.WakeBy(Until);
    }

    /// <summary>Goes over to <see cref="ConnectionPhase.Breaking"/>, unless the peer has taken all that was sent, or has had its time for that.</summary>
    /// <returns>False if nothing is to be awaited any more.</returns>
    internal bool TryAwaitTaking(Transport transport)
    {
        if (transport.HasPeerTakenAll || (Phase == ConnectionPhase.Breaking && context.Loop.Now >= _breakUntil))
            return false;
        Enter(ConnectionPhase.Breaking);
        return true;
    }

    /// <summary>The process is to end: a first request that is on its way is awaited for a moment, from when the connection was taken or from now, if a part of it has come.</summary>
    /// <returns>True if there is such a moment.</returns>
    internal bool Hurry(bool hasPartCome)
    {
        Until = Math.Min(Until, (hasPartCome ? context.Loop.Now : _acceptedAt) + Limits.FirstRequestGrace);
        context.Loop.WakeBy(Until);
        return Until > context.Loop.Now;
    }
}
