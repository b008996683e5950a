using Shims.Gateway.Connections;

namespace Shims.Gateway.Requests;

/// <summary>What is spoken on a connection.</summary>
internal enum Protocol : byte
{
    /// <summary>python.ca/scgi/protocol.txt.</summary>
    Scgi,

    /// <summary>FastCGI 1.0.</summary>
    FastCgi,

    /// <summary>Whatever the first byte says. See <see cref="FirstByte"/>.</summary>
    Any,
}
