using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Keeps descriptors free for new connections and their scripts: where few are left, connections with nothing in flight give way, whichever loop has them.</summary>
/// <remarks>A connection that was taken has the lowest number that is free, so its number tells how many are left at most.</remarks>
/// <param name="wakeLoops">Wakes all loops, each of which then calls <see cref="Answer"/>.</param>
internal sealed class SpareDescriptors(Action wakeLoops)
{
    private readonly int _fewFrom = Libc.DescriptorLimit - Math.Min(Limits.SpareDescriptors, Libc.DescriptorLimit / 4);
    private int _asked;

    /// <summary>True if few are left after a connection has been taken.</summary>
    internal bool AreFew(int descriptor) => descriptor >= _fewFrom;

    /// <summary>Asks the loops for one descriptor each.</summary>
    internal void Ask()
    {
        Interlocked.Increment(ref _asked);
        wakeLoops();
    }

    /// <summary>A loop is awake: it gives up a connection if it was asked for one.</summary>
    /// <param name="connections">Those of the loop.</param>
    /// <param name="answered">The number of times that it has been asked and has answered.</param>
    internal void Answer(ConnectionSet connections, ref int answered)
    {
        int asked = Volatile.Read(ref _asked);
        if (asked != answered)
            connections.TryMakeRoom();
        answered = asked;
    }
}
