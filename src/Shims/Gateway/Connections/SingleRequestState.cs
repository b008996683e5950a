namespace Shims.Gateway.Connections;

/// <summary>The states of a <see cref="SingleRequestConnection"/>.</summary>
/// <remarks><code>
///               part        relayed    shared  last        bad      half        gone   time       answer     broken  told
///   Silent      Header      Streaming  Body    Responding  Refused  Ended       Ended  Refused    -          -       Ended
///   Header      Header      Streaming  Body    Responding  Refused  Refused     Ended  Refused    -          -       Refused
///   Body        Body        -          -       Responding  -        Refused     Ended  Refused    -          -       Refused
///   Streaming   Streaming   -          -       Responding  -        Ended       Ended  Streaming  Streaming  Broken  Streaming
///   Responding  Responding  -          -       -           -        Responding  Ended  Ended      Ended      Broken  Responding
///   Refused     Refused     -          -       -           -        Refused     Ended  Ended      Ended      -       Refused
///   Broken      Broken      -          -       -           -        Broken      Ended  Ended      -          Broken  Ended
///   Ended       Ended       -          -       -           -        Ended       Ended  Ended      -          -       Ended
/// </code>
/// part: something comes, and more is missing, or nothing was. relayed, shared: the rest of the header comes, and what follows it goes through the shim, or is small, and then a script writes to the connection
/// itself. last: the last byte of the request comes. bad: it is not a header of the protocol. half: the web server ends its sending. gone: it leaves. time: the time for what is awaited is over. answer: the response
/// is complete. broken: it breaks off after its beginning has gone out. told: the process has been told to end, and the time for requests in flight is over. A dash: it cannot happen.
/// </remarks>
internal enum SingleRequestState : byte
{
    /// <summary>Nothing has been read.</summary>
    Silent,

    /// <summary>The header comes in.</summary>
    Header,

    /// <summary>A small body comes in, after which the request is answered.</summary>
    Body,

    /// <summary>The request is being answered, and the rest of its body comes in: the response goes out after that.</summary>
    Streaming,

    /// <summary>The whole request has come in, and is being answered.</summary>
    Responding,

    /// <summary>No more of the request is read, and a page says why.</summary>
    Refused,

    /// <summary>The response has broken off after its beginning has gone out, and the connection is reset once the web server has had time to take that: see <see cref="ConnectionPhase.Breaking"/>.</summary>
    Broken,

    /// <summary>Nothing more is to be done for the web server: see <see cref="ConnectionPhase"/>.</summary>
    Ended,
}
