namespace Shims.Posix;

/// <summary>Someone who has something to do at a time.</summary>
internal interface IDeadline
{
    /// <summary>When, on the clock of <see cref="EventLoop.Now"/>; <see cref="long.MaxValue"/> for never. Tell <see cref="EventLoop.WakeBy"/> when it comes nearer.</summary>
    long Deadline { get; }

    /// <summary>The time has come. Afterwards <see cref="Deadline"/> is a later one, or the owner has left the loop.</summary>
    void OnDeadline();
}
