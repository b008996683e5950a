using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>The phases of a connection. Each has an end: see <see cref="Connection"/>.</summary>
/// <remarks><code>
///              request    answered  kept  full     broken  nonsense   room       half      gone    time      told       lack
///   Opening    Serving    -         -     -        -       Lingering  Opening    Closed    Closed  Closed    Opening    Opening
///   Serving    Serving    Closed    Idle  Sending  Closed  Closed     Serving    Serving   Closed  -         Serving    Serving
///   Sending    Serving    -         -     -        -       Closed     Idle       Sending   Closed  Closed    Sending    Sending
///   Breaking   Breaking   -         -     -        -       Closed     Closed     Breaking  Closed  Breaking  Breaking   Breaking
///   Idle       Serving    -         -     -        -       Closed     Idle       Closed    Closed  Closed    Closed     Closed
///   Lingering  Lingering  -         -     -        -       Lingering  Lingering  Closed    Closed  Closed    Lingering  Closed
///   Closed     -          -         -     -        -       -          -          -         Closed  -         Closed     Closed
/// </code>
/// This is FastCGI, which has all of them. request: the web server begins one. answered, kept: the only response has gone out, and the connection is not kept, or is. full: the only response is complete, and some of it
/// waits to be sent. broken: the only response breaks off. nonsense: what comes is not a record. room: the web server takes what has been sent. half: it ends its sending. gone: it leaves. time: the end of the phase
/// has come, or the peer has taken nothing for too long. told: the process has been told to end. lack: another connection needs the descriptor. A dash: it cannot happen.
/// </remarks>
internal enum ConnectionPhase : byte
{
    /// <summary>No request has begun. Ends after <c>--header-timeout</c>; if the process is to end, after <see cref="Limits.FirstRequestGrace"/>.</summary>
    Opening,

    /// <summary>Requests have begun, each of which has a phase of its own: see <see cref="RequestPhase"/>.</summary>
    Serving,

    /// <summary>FastCGI: all requests have ended, and what is left of their responses waits to be sent. Ends when the peer takes nothing for <see cref="Limits.ProgressSeconds"/>.</summary>
    Sending,

    /// <summary>A response has broken off. Its beginning, or over FastCGI the responses to other requests, have been sent: the peer takes them before it sees the reset. Ends after <see cref="Limits.HalfCloseGrace"/>.</summary>
    Breaking,

    /// <summary>A connection of FastCGI or AJP13 that is kept, between two requests. Ends after <see cref="Limits.KeptConnection"/>, and before that where descriptors are lacking.</summary>
    Idle,

    /// <summary>Everything has been sent; what the peer still sends is read away. Ends after <see cref="Limits.HalfCloseGrace"/>, and before that where descriptors are lacking.</summary>
    Lingering,

    /// <summary>The descriptor has been closed or given away.</summary>
    Closed,
}
