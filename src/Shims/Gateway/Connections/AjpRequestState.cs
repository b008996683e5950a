namespace Shims.Gateway.Connections;

/// <summary>The states of an AJP13 request.</summary>
/// <remarks><code>
///               a part of its body  a part of a chunked body  the end of a chunked body  a body of another length  it is refused  the response ends  the response breaks off
///   Unanswered  Responding          Unanswered                Responding                 Ended                     Unanswered     -                  -
///   Responding  Responding          -                         -                          Ended                     Ended          Ended              Broken
///   Ended       -                   -                         -                          -                         -              -                  -
///   Broken      -                   -                         -                          -                         -              -                  -
/// </code>A dash is what cannot happen: a request that has ended or is broken is taken off its connection. One that is refused before the first packet of its body has come awaits that packet.</remarks>
internal enum AjpRequestState : byte
{
    /// <summary>The first packet of its body is on its way, or its length is not known yet.</summary>
    Unanswered,

    /// <summary>A script, a handler or an error page answers it.</summary>
    Responding,

    /// <summary>END_RESPONSE has been queued.</summary>
    Ended,

    /// <summary>Its response has begun, and will not be complete.</summary>
    Broken,
}
