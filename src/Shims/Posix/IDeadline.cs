namespace Shims.Posix;

/// <summary>A thing with a deadline.</summary>
internal interface IDeadline
{
    /// <summary>The time, on the clock of <see cref="EventLoop.Now"/>; <see cref="long.MaxValue"/> for never. Tell <see cref="EventLoop.WakeBy"/> when it comes nearer.</summary>
    long Deadline { get; }

    /// <summary>Called at the deadline. Afterwards <see cref="Deadline"/> is a later one, or the owner has left the loop.</summary>
    void OnDeadline();
}
