using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>What a connection is doing. Each phase has an end: see <see cref="Connection"/>.</summary>
internal enum ConnectionPhase : byte
{
    /// <summary>No request has begun. Ends after <c>--header-timeout</c>; if the process is to end, after <see cref="Limits.FirstRequestGrace"/>.</summary>
    Opening,

    /// <summary>Requests have begun, each of which has a phase of its own: see <see cref="RequestPhase"/>.</summary>
    Serving,

    /// <summary>FastCGI: all requests have ended, and what is left of their answers waits to be sent. Ends when the peer takes nothing for <see cref="Limits.ProgressSeconds"/>.</summary>
    Sending,

    /// <summary>FastCGI: a request has broken off, and the answers of others have been sent: the peer takes them before it sees the reset. Ends after <see cref="Limits.HalfCloseGrace"/>.</summary>
    Breaking,

    /// <summary>A FastCGI connection that is kept, between two requests. Ends after <see cref="Limits.KeptConnection"/>.</summary>
    Idle,

    /// <summary>Everything has been sent; what the peer still sends is read away. Ends after <see cref="Limits.HalfCloseGrace"/>.</summary>
    Lingering,

    /// <summary>The descriptor has been closed or given away.</summary>
    Closed,
}
