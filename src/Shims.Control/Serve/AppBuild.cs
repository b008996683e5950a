using System.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>A compilation of the file of an app, as it was at that time.</summary>
/// <param name="number">Its number, by which a page waits for it.</param>
/// <param name="source">The absolute path of the file.</param>
internal sealed class AppBuild(int number, string source)
{
    /// <summary>The time for which a failure counts: a page that has waited for it gets it, and a request after that tries again, as the
    /// cause may be outside of the file.</summary>
    private static readonly TimeSpan s_failureLife = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _stamp = FileStamp.Of(source);
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _endedAt;

    internal int Number => number;

    internal string Source => source;

    /// <summary>Completed when the compilation has ended.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>The output of a compilation that failed; null if it did not.</summary>
    internal string? Output { get; private set; }

    /// <summary>The time that it took.</summary>
    internal TimeSpan Duration => Stopwatch.GetElapsedTime(_startedAt, _endedAt);

    /// <summary>Whether the file has changed since.</summary>
    internal bool IsOutdated => FileStamp.Of(source) != _stamp;

    /// <summary>Whether the result still counts: of the same file, and not a failure of some time ago.</summary>
    internal bool Counts => !IsOutdated && (!Ended.IsCompleted || Output is null || Stopwatch.GetElapsedTime(_endedAt) < s_failureLife);

    /// <summary>Ends it.</summary>
    /// <param name="output">The output if it failed; null if it did not.</param>
    internal void End(string? output)
    {
        (Output, _endedAt) = (output, Stopwatch.GetTimestamp());
        _ended.SetResult();
    }
}
