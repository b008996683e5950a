namespace Shims.Posix;

/// <summary>A thing that can be scheduled for a turn after the current events.</summary>
internal interface IScheduled
{
    /// <summary>Takes the turn.</summary>
    void OnTurn();
}
