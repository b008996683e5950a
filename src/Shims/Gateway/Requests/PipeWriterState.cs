namespace Shims.Gateway.Requests;

/// <summary>The state of the pipe from which a script reads a stream of the request: see <see cref="PipeWriter"/>.</summary>
/// <remarks><code>
///            data fits   the pipe is full   the script reads   time is over   the stream ends   the script stops reading
///   Closed   Closed      Closed             Closed             Closed         Closed            Closed
///   Flowing  Flowing     Full               Flowing            Flowing        Closed            Closed
///   Full     Full        Full               Flowing            Overdue        Full              Closed
///   Overdue  Overdue     Overdue            Flowing            Overdue        Overdue           Closed
/// </code></remarks>
internal enum PipeWriterState : byte
{
    /// <summary>There is no pipe: not yet, or because the stream has ended, or because nothing reads it.</summary>
    Closed,

    /// <summary>There may be room.</summary>
    Flowing,

    /// <summary>There is none, and the script is expected to read on soon: meanwhile the rest of the stream may stay in the socket. Ends after <see cref="Limits.ReadingPatience"/>.</summary>
    Full,

    /// <summary>There is none, and the script has had its time: the rest of the stream is taken in without it.</summary>
    Overdue,
}
