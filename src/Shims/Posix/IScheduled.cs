namespace Shims.Posix;

/// <summary>Someone who has something to do as soon as the current events have been told.</summary>
internal interface IScheduled
{
    /// <summary>It is its turn.</summary>
    void OnTurn();
}
