namespace Shims.Gateway.Requests;

/// <summary>The state of a request's body between the wire and its reader: see <see cref="BodySpool"/>.</summary>
/// <remarks><code>
///              a part comes   the last comes   a reader gives up   a read fails
///   Buffering  Buffering      Complete         Draining            Draining
///   Complete   Complete       Complete         Discarded           Discarded
///   Draining   Draining       Discarded        Draining            Draining
///   Discarded  Discarded      Discarded        Discarded           Discarded
/// </code></remarks>
internal enum BodyState : byte
{
    /// <summary>More is to come, and is kept until it has been read.</summary>
    Buffering,

    /// <summary>All of it has come. A part of it may have to be read.</summary>
    Complete,

    /// <summary>More is to come, and nothing reads it: it is counted only.</summary>
    Draining,

    /// <summary>All of it has come, and nothing is left to read.</summary>
    Discarded,
}
