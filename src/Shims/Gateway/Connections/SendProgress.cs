using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Watches that a peer goes on reading while something waits to be sent.</summary>
/// <remarks>
/// That there is room again is told late: a slow peer may take for minutes before the kernel finds it worth a word (unix sockets: when three quarters are free). So what the
/// peer has not taken yet is asked for now and then.
/// </remarks>
internal struct SendProgress()
{
    /// <summary>The number of times that the kernel is asked until the time is up.</summary>
    private const int Looks = 4;

    private long _lastProgress;
    private int _untaken;

    /// <summary>The time of the next look; never while nothing waits.</summary>
    internal long Deadline { get; private set; } = long.MaxValue;

    /// <summary>There is no room for what comes next.</summary>
    /// <param name="now">Milliseconds, on the loop's clock.</param>
    /// <param name="patience">Milliseconds without progress.</param>
    internal void Begin(long now, long patience)
    {
        (_lastProgress, _untaken) = (now, int.MaxValue);
        Deadline = now + patience / Looks;
    }

    /// <summary>There is room again.</summary>
    internal void End() => Deadline = long.MaxValue;

    /// <summary>Looks, at <see cref="Deadline"/>, which is a later one afterwards.</summary>
    /// <returns>True if the peer has taken nothing for too long.</returns>
    internal bool HasStalled(int socket, long now, long patience)
    {
        int untaken = Libc.Untaken(socket);
        if (untaken < _untaken)
            (_lastProgress, _untaken) = (now, untaken);
        Deadline = now + patience / Looks;
        return now - _lastProgress >= patience;
    }
}
