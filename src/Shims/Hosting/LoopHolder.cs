namespace Shims.Hosting;

/// <summary>The holders of the event loop.</summary>
/// <remarks><code>
///                   it is handed on   a worker comes   a handler begins   it waits         it ends          it lets go       the first is called   the first comes   it is slow
///   First           Handed            -                Handler            -                -                -                -                     First             -
///   Handed          -                 Worker           -                  -                -                -                -                     Handed            -
///   Worker          -                 Worker           Handler            -                -                -                Called                Worker            -
///   Handler         -                 Handler          -                  WaitingHandler   Worker           Called           -                     Handler           First
///   WaitingHandler  -                 WaitingHandler   Handler            -                WaitingHandler   WaitingHandler   Called                WaitingHandler    -
///   Called          -                 Called           -                  -                Called           Called           -                     First             -
/// </code>
/// The first thread is the one that serves. Where there are workers it never runs a handler, so that the process can end whatever handlers do; else a handler is its own. A handler
/// goes on, after a wait, as it has begun. A dash: it cannot happen.
/// </remarks>
internal enum LoopHolder : byte
{
    /// <summary>The first thread lets it go round, and hands requests to workers.</summary>
    First,

    /// <summary>A worker has the loop, and has been woken.</summary>
    Handed,

    /// <summary>A worker lets it go round, and runs the handlers of the requests that it reads.</summary>
    Worker,

    /// <summary>The loop stands still while the worker runs a handler. The first thread takes it if that takes long.</summary>
    Handler,

    /// <summary>A handler that waits lets it go round.</summary>
    WaitingHandler,

    /// <summary>The first thread has the loop, and has been woken.</summary>
    Called,
}
