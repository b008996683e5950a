using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Programs;

/// <summary>The address of a gateway that <c>--ping</c> asks: a path, or an address of the network and a port, in figures.</summary>
/// <param name="Family">AF_UNIX, AF_INET or AF_INET6.</param>
/// <param name="Name">A struct sockaddr.</param>
internal sealed record ProbedSocket(int Family, byte[] Name)
{
    /// <summary>Bytes of the path in a struct sockaddr_un, with a NUL after it. unix(7).</summary>
    private const int LongestPath = 107;

    private const int FamilySize = sizeof(ushort), PortSize = sizeof(ushort);

    /// <summary>Reads an address: <c>/PATH</c>, <c>unix:PATH</c>, <c>ADDRESS:PORT</c> or <c>tcp:ADDRESS:PORT</c>, <c>localhost</c> for 127.0.0.1, IPv6 in brackets.</summary>
    /// <returns>Null if it is none.</returns>
    internal static ProbedSocket? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return OfPath(text["unix:".Length..]);
        if (text.StartsWith("tcp:", StringComparison.Ordinal))
            return OfPort(text["tcp:".Length..]);
        return text.Contains('/', StringComparison.Ordinal) ? OfPath(text) : OfPort(text);
    }

    private static ProbedSocket? OfPath(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        return bytes.Length is 0 or > LongestPath || bytes.AsSpan().Contains((byte)0) ? null : new ProbedSocket(Flags.AF_UNIX, [.. FamilyOf(Flags.AF_UNIX), .. bytes, 0]);
    }

    /// <summary>struct sockaddr_in: family, port, address, 8 bytes of nothing. struct sockaddr_in6: family, port, flow label, address, scope.</summary>
    private static ProbedSocket? OfPort(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return null;
        byte[] portBytes = new byte[PortSize];
        BinaryPrimitives.WriteUInt16BigEndian(portBytes, port);
        if (text[..colon] is ['[', .. var inner, ']'])
        {
            byte[] six = new byte[16];
            return Libc.TryParseAddress(Flags.AF_INET6, Encoding.ASCII.GetBytes(inner + "\0"), six)
                ? new ProbedSocket(Flags.AF_INET6, [.. FamilyOf(Flags.AF_INET6), .. portBytes, 0, 0, 0, 0, .. six, 0, 0, 0, 0])
                : null;
        }
        byte[] four = new byte[4];
        string host = text[..colon] == "localhost" ? "127.0.0.1" : text[..colon];
        return Libc.TryParseAddress(Flags.AF_INET, Encoding.ASCII.GetBytes(host + "\0"), four)
            ? new ProbedSocket(Flags.AF_INET, [.. FamilyOf(Flags.AF_INET), .. portBytes, .. four, .. new byte[8]])
            : null;
    }

    private static byte[] FamilyOf(int family)
    {
        byte[] bytes = new byte[FamilySize];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)family);
        return bytes;
    }
}
