namespace Shims.Gateway.Serving;

/// <summary>The phases of a process in wait mode: whether it accepts connections.</summary>
internal enum LifePhase : byte
{
    /// <summary>It takes them.</summary>
    Serving,

    /// <summary>
    /// Its program has been replaced. It takes them for as long as requests are in flight, since the super-server starts the new program only when this one has ended. Ends
    /// when none is in flight, and with the first connection after <see cref="Limits.OutdatedTime"/>.
    /// </summary>
    Outdated,

    /// <summary>It leaves them to the next process. Ends within <c>--finish-time</c>: see <see cref="FinishTime"/>.</summary>
    Over,
}
