namespace Shims.Gateway.Serving;

/// <summary>The phases of a process in wait mode: whether it accepts connections.</summary>
internal enum LifePhase : byte
{
    /// <summary>The process accepts connections.</summary>
    Serving,

    /// <summary>
    /// Its program has been replaced. It takes them for as long as requests are in flight, since the super-server starts the new program only when this one has ended. Ends
    /// when none is in flight, and with the first connection after <see cref="Limits.OutdatedTime"/>.
    /// </summary>
    Outdated,

    /// <summary>The process leaves connections to the next process. Ends within <c>--finish-time</c>: see <see cref="FinishTime"/>.</summary>
    Over,
}
