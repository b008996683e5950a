namespace Shims.Gateway.Connections;

/// <summary>A way in which web servers hand requests to programs: a line of <see cref="Protocols"/>.</summary>
internal sealed class Protocol
{
    /// <summary>Opens a connection that speaks it.</summary>
    /// <param name="context">Its surroundings.</param>
    /// <param name="descriptor">Taken over.</param>
    internal delegate Connection Factory(ConnectionContext context, int descriptor);

    /// <summary>Puts a CGI response into the form that its peers understand, where no request of theirs has been read.</summary>
    /// <param name="start">The first bytes received.</param>
    /// <param name="page">Header and body.</param>
    internal delegate byte[] Enclosure(ReadOnlySpan<byte> start, byte[] page);

    /// <summary>The name of its specification.</summary>
    internal required string Name { get; init; }

    /// <summary>The article before the name.</summary>
    internal required string Article { get; init; }

    /// <summary>The name that nginx, lighttpd and shimctl use.</summary>
    internal required string Word { get; init; }

    /// <summary>The scheme that Apache writes before an address.</summary>
    internal required string Scheme { get; init; }

    /// <summary>The line of a web server that hands requests over so; null if nginx has one, which begins with <see cref="Word"/>.</summary>
    internal string? Directive { get; init; }

    /// <summary>The bytes with which a web server may begin; null where they tell nothing, so that the protocol has to be chosen.</summary>
    internal required string? FirstBytes { get; init; }

    /// <summary>True if its web servers may leave it to the program which script a URL names: see <see cref="Cgi.UrlResolver"/>.</summary>
    internal bool NamesUrlOnly { get; init; }

    internal required Factory Open { get; init; }

    internal required Enclosure Enclose { get; init; }

    /// <summary>The gateway that speaks it.</summary>
    internal string Program => Scheme + "-run";

    /// <summary>True if a web server that sends this first may speak it.</summary>
    internal bool BeginsWith(byte first) => FirstBytes?.Contains((char)first) == true;
}
