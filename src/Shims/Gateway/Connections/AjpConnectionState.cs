namespace Shims.Gateway.Connections;

/// <summary>The fate of an AJP13 connection once the request in flight on it has ended.</summary>
/// <remarks><code>
///            CPING  a request  one that is doubtful  input ends  process is to end  the response breaks off  no reuse
///   New      Kept   Kept       Final                 Final       New                Broken                   Final
///   Kept     Kept   Kept       Final                 Final       Final              Broken                   Final
///   Final    -      -          Final                 Final       Final              Broken                   Final
///   Broken   -      -          -                     Broken      Broken             Broken                   Broken
/// </code>A dash is what cannot happen. Doubtful is a request that is refused with 400 or 403, and one of whose body the end has not been seen. No reuse: the process serves one connection only.
/// A process that is to end awaits the first request of a connection.</remarks>
internal enum AjpConnectionState : byte
{
    /// <summary>No packet has come: the peer may speak something else.</summary>
    New,

    /// <summary>The connection waits for the next request.</summary>
    Kept,

    /// <summary>The connection is closed.</summary>
    Final,

    /// <summary>The connection is closed, and no END_RESPONSE tells that the response is whole.</summary>
    Broken,
}
