namespace Shims.Control.Serve;

/// <summary>Ends a program that sends nothing for too long, such as a handler in an endless loop. A web server gives it up then.</summary>
/// <remarks>The limit holds after the browser has left too.</remarks>
internal sealed class SilenceLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly Timer _timer;
    private volatile bool _isOver;

    /// <param name="limit">The longest silence; zero for any.</param>
    /// <param name="end">Ends the program.</param>
    internal SilenceLimit(TimeSpan limit, Action end)
    {
        _limit = limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan;
        _timer = new Timer(_ =>
        {
            _isOver = true;
            end();
        });
        Restart();
    }

    /// <summary>Whether the program has been ended.</summary>
    internal bool IsOver => _isOver;

    /// <summary>The reason and the fix.</summary>
    internal string Reason(string script) =>
        $"{script} sent nothing for {_limit.TotalSeconds} s and was ended: look for an endless loop, or for a wait without a limit; " +
        "shimctl serve --read-timeout SECONDS gives it more time (0: no limit)";

    /// <summary>Something has been sent.</summary>
    internal void Restart()
    {
        try
        {
            _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The program has just ended.
        }
    }

    public void Dispose() => _timer.Dispose();
}
