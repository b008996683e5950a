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

    /// <summary>A turn is scheduled.</summary>
    Scheduled,

    /// <summary>The turn is under way.</summary>
    UnderWay,

    /// <summary>The turn is under way, and something has changed since it began.</summary>
    UnderWayAgain,
}
