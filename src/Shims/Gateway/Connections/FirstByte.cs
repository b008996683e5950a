using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>What a web server speaks, by the first byte it sends. The byte is looked at and left in the socket.</summary>
/// <remarks><code>
///   '0'-'9'   SCGI: the length of a netstring             python.ca/scgi/protocol.txt
///   01        FastCGI: FCGI_VERSION_1                     FastCGI 1.0 section 3.3
///   00        uwsgi: modifier1 of a request               free, as are
///   12        AJP13: 0x1234 from the web server
///   'A'-'Z'   HTTP/1.1: a method
/// </code></remarks>
internal static class FirstByte
{
    /// <summary>What begins like this.</summary>
    /// <returns>SCGI for what nothing is known to begin with: its parser is the one that explains best what came instead.</returns>
    internal static Protocol ProtocolOf(byte first) => first switch
    {
        RecordHeader.Version1 => Protocol.FastCgi,
        _ => Protocol.Scgi,
    };

    /// <summary>What is spoken on a connection.</summary>
    /// <returns>Null if nothing has come in yet.</returns>
    internal static Protocol? Look(int descriptor)
    {
        Span<byte> first = stackalloc byte[1];
        return Libc.Peek(descriptor, first) > 0 ? ProtocolOf(first[0]) : null;
    }
}
