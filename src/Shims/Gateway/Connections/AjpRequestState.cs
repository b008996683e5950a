namespace Shims.Gateway.Connections;

/// <summary>The states of an AJP13 request.</summary>
/// <remarks><code>
///               its first packet, or length, is known  it is refused  the response ends  the response breaks off
///   Unanswered  Responding                             Responding     -                  -
///   Responding  Responding                             Responding     Ended              Broken
///   Ended       Ended                                  -              -                  -
///   Broken      Broken                                 -              -                  -
/// </code>A dash is what cannot happen.</remarks>
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
