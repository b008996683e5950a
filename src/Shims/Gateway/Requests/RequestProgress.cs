namespace Shims.Gateway.Requests;

/// <summary>The phase of a request, and the end of it.</summary>
internal struct RequestProgress
{
    private readonly LoopContext _context;
    private long _drainUntil = long.MaxValue;

    /// <param name="context">The request's loop.</param>
    /// <param name="hasHeader">True if its variables have come.</param>
    internal RequestProgress(LoopContext context, bool hasHeader)
    {
        _context = context;
        Enter(hasHeader ? RequestPhase.Body : RequestPhase.Header);
    }

    internal RequestPhase Phase { get; private set; }

    /// <summary>The end of the phase; <see cref="long.MaxValue"/> if the script or the handler decides it.</summary>
    internal long Deadline { get; private set; }

    /// <summary>True if the variables are awaited.</summary>
    internal readonly bool IsHeader => Phase is RequestPhase.Header or RequestPhase.HeaderAlone;

    /// <summary>The variables have come, or are not awaited any more.</summary>
    internal void EndHeader()
    {
        if (IsHeader)
            Enter(Phase == RequestPhase.Header ? RequestPhase.Body : RequestPhase.Response);
    }

    /// <summary>All of the body has come.</summary>
    internal void EndBody()
    {
        if (IsHeader)
            Phase = RequestPhase.HeaderAlone;
        else
            EndWaiting();
    }

    /// <summary>Sees whether the rest of the body waits for its reader.</summary>
    internal void AwaitReader(bool isFull)
    {
        if (Phase == (isFull ? RequestPhase.Body : RequestPhase.Reader))
            Enter(isFull ? RequestPhase.Reader : RequestPhase.Body);
    }

    /// <summary>The rest of the body is not needed any more.</summary>
    internal void StartDrain()
    {
        if (Phase is not (RequestPhase.Body or RequestPhase.Reader))
            return;
        _drainUntil = _context.Loop.Now + Limits.DrainTime;
        Enter(RequestPhase.Drain);
    }

    /// <summary>Goes over to the response: no more of the request is awaited.</summary>
    internal void EndWaiting()
    {
        if (Phase != RequestPhase.Response)
            Enter(RequestPhase.Response);
    }

    /// <summary>More of the body has come in.</summary>
    internal void Advance()
    {
        if (Phase is RequestPhase.Body or RequestPhase.Drain)
            Deadline = EndOf(Phase);
    }

    /// <summary>The process is to end: what is missing of the variables is awaited for a moment only.</summary>
    internal void Hurry()
    {
        if (!IsHeader)
            return;
        Deadline = Math.Min(Deadline, _context.Loop.Now + Limits.FirstRequestGrace);
        _context.Loop.WakeBy(Deadline);
    }

    private void Enter(RequestPhase phase)
    {
        Phase = phase;
        Deadline = EndOf(phase);
        _context.Loop.WakeBy(Deadline);
    }

    private readonly long EndOf(RequestPhase phase) => phase switch
    {
        RequestPhase.Header or RequestPhase.HeaderAlone => _context.Loop.Now + _context.HeaderTime,
        RequestPhase.Body => _context.Loop.Now + _context.Limits.ProgressSeconds * 1000L,
        RequestPhase.Drain => Math.Min(_drainUntil, _context.Loop.Now + _context.Limits.ProgressSeconds * 1000L),
        _ => long.MaxValue,
    };
}
