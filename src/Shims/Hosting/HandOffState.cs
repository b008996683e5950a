namespace Shims.Hosting;

/// <summary>The states of the hand-over of a request to its handler, and of the response back.</summary>
/// <remarks><code>
///              the body is there   it is taken   it returns   it throws   it is sent   it is abandoned   time is up
///   Awaiting   Queued              -             -            -           -            Over              Over
///   Queued     Queued              Running       -            -           -            Over              Over
///   Running    Running             -             Completed    Failed      -            Orphaned          Over
///   Completed  Over                -             -            -           Over         Over              Over
///   Failed     Over                -             -            -           Over         Over              Over
///   Orphaned   Orphaned            -             Over         Over        -            Orphaned          -
///   Over       Over                Over          Over         Over        -            Over              -
/// </code>
/// A thread that runs the handler takes it, and sees it return or throw; the rest is the loop's. A response that only the body kept back is sent with the end of that. A dash: it cannot happen.
/// </remarks>
internal enum HandOffState : byte
{
    /// <summary>The handler has not got enough of the body to work on: all of it, or as much as is kept for it. A client that sends a small body slowly takes no thread.</summary>
    Awaiting,

    /// <summary>The handler may run, and waits for a thread.</summary>
    Queued,

    /// <summary>The handler runs.</summary>
    Running,

    /// <summary>The handler has returned, and its response is being sent.</summary>
    Completed,

    /// <summary>The handler has thrown, and the loop has not been told yet.</summary>
    Failed,

    /// <summary>The response is not wanted any more, and the handler still runs. The process does not end before it does.</summary>
    Orphaned,

    /// <summary>The response has been sent or is not wanted, and the handler's end is not awaited.</summary>
    Over,
}
