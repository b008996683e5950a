namespace Shims.Gateway.Serving;

/// <summary>The phases of a process that has been told to end.</summary>
internal enum FinishPhase : byte
{
    /// <summary>Requests in flight are finished.</summary>
    Finishing,

    /// <summary>Requests that are still in flight have been told to end.</summary>
    Ending,

    /// <summary>Everything has been closed.</summary>
    Over,
}
