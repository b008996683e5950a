using Shims.Ajp;
using Shims.FastCgi;

namespace Shims.Gateway.Connections;

/// <summary>The protocols that web servers speak here. One more is a folder of pure code, a connection, and a line in this table.</summary>
/// <remarks>
/// The first byte that a web server sends tells which it is. What comes next has room: uwsgi begins with 00 (modifier1 of a request), AJP13 with 12 34; HTTP begins with a
/// letter, TLS with 16.
/// </remarks>
internal static class Protocols
{
    /// <summary>python.ca/scgi/protocol.txt. A request begins with the length of a netstring.</summary>
    internal static Protocol Scgi { get; } = new()
    {
        Name = "SCGI",
        Article = "an",
        Word = "scgi",
        Scheme = "scgi",
        FirstBytes = "0123456789",
        Open = static (context, descriptor) => new ScgiConnection(context, descriptor),
        Enclose = static (_, page) => page,
    };

    /// <summary>FastCGI 1.0. A record begins with FCGI_VERSION_1: section 3.3.</summary>
    internal static Protocol FastCgi { get; } = new()
    {
        Name = "FastCGI",
        Article = "a",
        Word = "fastcgi",
        Scheme = "fcgi",
        FirstBytes = "\x01",
        Open = static (context, descriptor) => new FastCgiConnection(context, descriptor),
        Enclose = EnclosedPage.Of,
    };

    /// <summary>AJP13. A packet begins with 12 34, of which the first byte alone would let whoever connects choose the parser, and with it whether there is a secret.</summary>
    internal static Protocol Ajp13 { get; } = new()
    {
        Name = "AJP13",
        Article = "an",
        Word = "ajp13",
        Scheme = "ajp",
        FirstBytes = null,
        Open = static (context, descriptor) => new AjpConnection(context, descriptor),
        Enclose = static (_, page) => PagePackets.Of(page),
    };

    /// <summary>All of them. What nothing is known to begin with goes to the first, whose parser explains best what came instead.</summary>
    internal static Protocol[] All { get; } = [Scgi, FastCgi];

    /// <summary>The one that nginx, lighttpd and shimctl write so; null if there is none.</summary>
    internal static Protocol? OfWord(string? word) => Array.Find(All, protocol => protocol.Word == word);
}
