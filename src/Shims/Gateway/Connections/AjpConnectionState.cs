namespace Shims.Gateway.Connections;

/// <summary>The fate of an AJP13 connection once the request in flight on it has ended.</summary>
/// <remarks><code>
///            CPING   a request  one that is refused  an order  nonsense  input ends  process is to end  a response ends  the only response ends  a response without the body  a response breaks off
///   New      Kept    Kept       Final                Final     Final     Final       New                -                -                       -                            -
///   Kept     Kept    Kept       Final                Final     Final     Final       Final              Kept             Final                   Final                        Broken
///   Final    Final   Final      Final                Final     Final     Final       Final              Final            Final                   Final                        Broken
///   Broken   Broken  Broken     Broken               Broken    Broken    Broken      Broken             -                -                       -                            -
/// </code>A dash is what cannot happen. An order is any packet to a container but CPING and FORWARD_REQUEST. The only response is that of a process for one connection. A response without the body is one that ends
/// although a part of the request's body is still to come. What comes on a connection that is Final stays in the socket. A process that is to end awaits the first request of a connection.</remarks>
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
