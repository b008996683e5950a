namespace Shims.Gateway.Connections;

/// <summary>The states of a <see cref="Turn"/>.</summary>
/// <remarks><code>
///                  Ask            Begin     End
///   None           Scheduled      UnderWay  None
///   Scheduled      Scheduled      UnderWay  None
///   UnderWay       UnderWayAgain  UnderWay  None
///   UnderWayAgain  UnderWayAgain  UnderWay  UnderWay
/// </code></remarks>
internal enum TurnState : byte
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
