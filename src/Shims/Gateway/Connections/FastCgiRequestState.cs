namespace Shims.Gateway.Connections;

/// <summary>The states of a FastCGI request. The state of each stream is in its <see cref="Requests.BodySpool"/>.</summary>
/// <remarks><code>
///               PARAMS ends  PARAMS ends with CONTENT_LENGTH  STDIN ends  it is refused  the response ends  the response breaks off  ABORT_REQUEST
///   Parameters  Unanswered   Responding                       Parameters  Responding     -                  -                        Ended
///   Unanswered  Unanswered   Unanswered                       Responding  Responding     -                  -                        Ended
///   Responding  Responding   Responding                       Responding  Responding     Ended              Broken                   Ended
///   Ended       Ended        Ended                            Ended       -              -                  -                        Ended
///   Broken      Broken       Broken                           Broken      -              -                  -                        Broken
/// </code>A dash is what cannot happen. A request that has ended or is broken is taken off its connection, and what still comes for it is ignored. Once a byte of the response has gone out, a request is not
/// refused: its response breaks off.</remarks>
internal enum FastCgiRequestState : byte
{
    /// <summary>PARAMS has not ended.</summary>
    Parameters,

    /// <summary>Its variables are known. A response is asked for as soon as the length of its body is.</summary>
    Unanswered,

    /// <summary>A script, a handler or an error page answers it.</summary>
    Responding,

    /// <summary>END_REQUEST has been queued.</summary>
    Ended,

    /// <summary>Its response has begun, and will not be complete.</summary>
    Broken,
}
