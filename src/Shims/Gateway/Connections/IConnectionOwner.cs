using Shims.Early;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>Keeps the connections of one event loop.</summary>
internal interface IConnectionOwner
{
    /// <summary>Serves a connection.</summary>
    /// <param name="protocol">What is spoken on it, or that this will be seen.</param>
    /// <param name="header">The connection, and what has been read from it already.</param>
    void Begin(Protocol protocol, in ScgiHeaderBuffer header);

    /// <summary>A connection has been closed or handed over.</summary>
    void Ended(Connection connection);
}
