namespace Shims.Gateway.Connections;

/// <summary>The fate of a FastCGI connection once no request is in flight on it.</summary>
/// <remarks><code>
///                management record  BEGIN_REQUEST  the last BEGIN_REQUEST  input ends  process is to end  a response breaks off  the only response breaks off
///   New          Kept               Kept           Final                   Final       New                -                      -
///   Kept         Kept               Kept           Final                   Final       Final              Broken                 BrokenAlone
///   Final        Final              Final          Final                   Final       Final              Broken                 BrokenAlone
///   BrokenAlone  -                  -              -                       -           -                  -                      -
///   Broken       Broken             Broken         Broken                  Broken      Broken             Broken                 Broken
/// </code>A dash is what cannot happen. The last BEGIN_REQUEST is one without FCGI_KEEP_CONN. A process that is to end awaits the first request of a connection.</remarks>
internal enum FastCgiConnectionState : byte
{
    /// <summary>No record has come: the peer may speak something else.</summary>
    New,

    /// <summary>The connection waits for the next request.</summary>
    Kept,

    /// <summary>The connection is closed.</summary>
    Final,

    /// <summary>The connection is reset at once: the response to the only request has broken off.</summary>
    BrokenAlone,

    /// <summary>The connection is reset when the peer has taken all that was sent: a response has broken off, and other requests have been answered. New ones are not.</summary>
    Broken,
}
