using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Programs;

/// <summary>The address of a gateway that <c>--ping</c> asks: a path, or an address of the network and a port, in figures.</summary>
internal static class ProbedSocket
{
    /// <summary>Reads an address: <c>/PATH</c>, <c>unix:PATH</c>, <c>ADDRESS:PORT</c> or <c>tcp:ADDRESS:PORT</c>, <c>localhost</c> for 127.0.0.1, IPv6 in brackets.</summary>
    /// <returns>A struct sockaddr; null if it is none.</returns>
    internal static byte[]? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return OfPath(text["unix:".Length..]);
        if (text.StartsWith("tcp:", StringComparison.Ordinal))
            return OfPort(text["tcp:".Length..]);
        return text.Contains('/', StringComparison.Ordinal) ? OfPath(text) : OfPort(text);
    }

    private static byte[]? OfPath(string path) => path.Contains('\0', StringComparison.Ordinal) ? null : SocketName.OfPath(Encoding.UTF8.GetBytes(path));

    private static byte[]? OfPort(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return null;
        string host = text[..colon];
        return SocketName.OfHost(host == "localhost" ? "127.0.0.1" : host, port);
    }
}
