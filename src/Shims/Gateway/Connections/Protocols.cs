using Shims.Ajp;
using Shims.Cgi;
using Shims.Early;
using Shims.FastCgi;
using Shims.Uwsgi;

namespace Shims.Gateway.Connections;

/// <summary>The protocols that web servers speak here. One more is a folder of pure code, a connection, and a line in this table.</summary>
/// <remarks>
/// The first byte that a web server sends tells which it is: a digit, 01, or the modifier1 of a uwsgi request. HTTP begins with a letter, TLS with 16, AJP13 with 12 34.
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
        Open = static (context, descriptor) => new SingleRequestConnection(context, descriptor, new ScgiHeaderReader(new ScgiHeaderBuffer { Connection = descriptor })),
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

    /// <summary>The uwsgi protocol. A request begins with its modifier1: <see cref="UwsgiModifier"/>.</summary>
    internal static Protocol Uwsgi { get; } = new()
    {
        Name = "uwsgi",
        Article = "a",
        Word = "uwsgi",
        Scheme = "uwsgi",
        FirstBytes = "\x00\x05\x06\x07\x08\x09\x0E\x0F\x1E",
        NamesUrlOnly = true,
        Open = static (context, descriptor) => new SingleRequestConnection(context, descriptor, new UwsgiHeaderReader()),
        Enclose = static (_, page) => HttpPage.Of(page),
    };

    /// <summary>AJP13. A packet begins with 12 34, of which the first byte alone would let a client choose the parser, and with it whether there is a secret.</summary>
    internal static Protocol Ajp13 { get; } = new()
    {
        Name = "AJP13",
        Article = "an",
        Word = "ajp13",
        Scheme = "ajp",
        Directive = "ProxyPass ajp:// in Apache",
        FirstBytes = null,
        NamesUrlOnly = true,
        Open = static (context, descriptor) => new AjpConnection(context, descriptor),
        Enclose = static (_, page) => PagePackets.Of(page),
    };

    /// <summary>Those that the first byte tells apart. What nothing is known to begin with goes to the first, whose parser explains best what came instead.</summary>
    /// <remarks>Not AJP13, which has a secret: it is chosen, and shares no socket.</remarks>
    internal static Protocol[] All { get; } = [Scgi, FastCgi, Uwsgi];

    /// <summary>All protocols there are, whether or not they share a socket.</summary>
    internal static Protocol[] Known { get; } = [.. All, Ajp13];

    /// <summary>The one that nginx, lighttpd and shimctl write so; null if there is none.</summary>
    internal static Protocol? OfWord(string? word) => Array.Find(Known, protocol => protocol.Word == word);
}
