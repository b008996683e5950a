using System.Buffers.Binary;
using System.Text;

namespace Shims.Posix;

/// <summary>Reads and writes the names of sockets: struct sockaddr, whose first two bytes say of which kind it is.</summary>
/// <remarks><code>
///   sockaddr_in    family 2   port 2   address 4    zero 8
///   sockaddr_in6   family 2   port 2   flow 4       address 16   scope 4
///   sockaddr_un    family 2   path, and a NUL; without a path: no name; with a NUL first: an abstract one
/// </code>Port and addresses are in network order. ip(7), ipv6(7), unix(7).</remarks>
internal static class SocketName
{
    /// <summary>Bytes of an IPv6 address; an IPv4 address is one too, in its mapped form. RFC 4291 section 2.5.5.2.</summary>
    internal const int AddressSize = 16;

    private const int FamilySize = sizeof(ushort), IPv4Size = 16, IPv6Size = 28, LongestPath = 107;

    /// <summary>The first bytes of an IPv4 address in its mapped form.</summary>
    internal static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private static ReadOnlySpan<byte> Loopback => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>The kind of the name; 0 if there is none.</summary>
    internal static int FamilyOf(ReadOnlySpan<byte> name) => name.Length < FamilySize ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(name);

    /// <summary>True for the name of a unix socket that begins with a NUL, and so is in no directory.</summary>
    internal static bool IsAbstract(ReadOnlySpan<byte> name) => FamilyOf(name) == Flags.AF_UNIX && name.Length > FamilySize && name[FamilySize] == 0;

    /// <summary>Reads the address, IPv4 in its mapped form.</summary>
    /// <param name="name">The name.</param>
    /// <param name="address">Room for <see cref="AddressSize"/> bytes.</param>
    /// <returns>False if it has none.</returns>
    internal static bool TryReadAddress(ReadOnlySpan<byte> name, Span<byte> address)
    {
        switch (FamilyOf(name))
        {
            case Flags.AF_INET when name.Length >= 8:
                MappedPrefix.CopyTo(address);
                name.Slice(4, 4).CopyTo(address[MappedPrefix.Length..]);
                return true;
            case Flags.AF_INET6 when name.Length >= 24:
                name.Slice(8, AddressSize).CopyTo(address);
                return true;
            default:
                return false;
        }
    }

    /// <summary>True for 127.0.0.0/8, in its mapped form too, and ::1.</summary>
    internal static bool IsLoopback(ReadOnlySpan<byte> name)
    {
        Span<byte> address = stackalloc byte[AddressSize];
        return TryReadAddress(name, address)
            && (address.SequenceEqual(Loopback) || (address.StartsWith(MappedPrefix) && address[MappedPrefix.Length] == 127));
    }

    /// <summary>The name of an IP address and a port.</summary>
    /// <param name="address">4 bytes or 16.</param>
    /// <param name="port">The port.</param>
    internal static byte[] Of(ReadOnlySpan<byte> address, int port)
    {
        bool isOld = address.Length == 4;
        byte[] name = new byte[isOld ? IPv4Size : IPv6Size];
        name[0] = (byte)(isOld ? Flags.AF_INET : Flags.AF_INET6);
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(2), (ushort)port);
        address.CopyTo(name.AsSpan(isOld ? 4 : 8));
        return name;
    }

    /// <summary>The name of an IP address, as people write it, and a port.</summary>
    /// <param name="host">In figures; an IPv6 address in brackets.</param>
    /// <param name="port">The port.</param>
    /// <returns>Null if it is not one.</returns>
    internal static byte[]? OfHost(string host, int port)
    {
        bool hasBrackets = host is ['[', .., ']'];
        byte[] address = new byte[hasBrackets ? AddressSize : 4];
        return Libc.TryParseAddress(hasBrackets ? Flags.AF_INET6 : Flags.AF_INET, Encoding.UTF8.GetBytes((hasBrackets ? host[1..^1] : host) + "\0"), address)
            ? Of(address, port)
            : null;
    }

    /// <summary>The name of a unix socket.</summary>
    /// <param name="path">Without a NUL at its end; one that begins with a NUL is an abstract name.</param>
    /// <returns>Null if it is too long for one.</returns>
    internal static byte[]? OfPath(ReadOnlySpan<byte> path)
    {
        if (path.Length is 0 or > LongestPath)
            return null;
        // An abstract name ends where the address does.
        byte[] name = new byte[FamilySize + path.Length + (path[0] == 0 ? 0 : 1)];
        name[0] = Flags.AF_UNIX;
        path.CopyTo(name.AsSpan(FamilySize));
        return name;
    }
}
