namespace Shims.MatrixTests;

/// <summary>What each check of the matrix does. A check that returns has passed.</summary>
internal static class Checks
{
    internal static Task RunAsync(Check check, RunningFront front) => check switch
    {
        Check.Page => RequestChecks.PageAsync(front),
        Check.Query => RequestChecks.QueryAsync(front),
        Check.PathInfo => RequestChecks.PathInfoAsync(front),
        Check.Environment => RequestChecks.EnvironmentAsync(front),
        Check.Head => RequestChecks.HeadAsync(front),
        Check.Statuses => RequestChecks.StatusesAsync(front),
        Check.PostNothing => BodyChecks.DigestAsync(front, 0),
        Check.PostByte => BodyChecks.SmallBodiesAsync(front),
        Check.PostMegabyte => BodyChecks.EchoAsync(front, 1 << 20),
        Check.PostLarge => BodyChecks.DigestAsync(front, 20 << 20),
        Check.Chunked => BodyChecks.ChunkedAsync(front, 300_000),
        Check.Download => BodyChecks.DownloadAsync(front),
        Check.Concurrent => RequestChecks.ConcurrentAsync(front),
        Check.LeftWhileWriting => LeavingChecks.LeaveAsync(front, "writing.cgi"),
        Check.LeftWhileSilent => LeavingChecks.LeaveAsync(front, "silent.cgi"),
        Check.EarlyRefusal => BodyChecks.EarlyRefusalAsync(front),
        Check.BrokenOff => TruthChecks.KilledAsync(front, withLength: false),
        Check.BrokenOffWithLength => TruthChecks.KilledAsync(front, withLength: true),
        Check.OutOfTime => TruthChecks.OutOfTimeAsync(front.Front),
        _ => throw new ArgumentOutOfRangeException(nameof(check)),
    };
}
