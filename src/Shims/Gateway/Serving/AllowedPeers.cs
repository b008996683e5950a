using System.Buffers.Binary;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>FCGI_WEB_SERVER_ADDRS: the only addresses whose connections are served over TCP. FastCGI 1.0 section 3.2.</summary>
/// <remarks>
/// libfcgi compares IPv4 only and lets every IPv6 peer through. Here all are compared as IPv6 addresses, IPv4 ones in their mapped form (RFC 4291
/// section 2.5.5.2).
/// </remarks>
internal sealed unsafe class AllowedPeers
{
    private const int AddressSize = 16;

    private readonly List<byte[]> _addresses = [];

    private AllowedPeers()
    {
    }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Reads the variable.</summary>
    /// <returns>Null if it is not set, and every peer may connect.</returns>
    /// <exception cref="ShimException">It contains something that is not an address; serving every peer then would be the wrong way to fail.</exception>
    internal static AllowedPeers? FromEnvironment()
    {
        byte* value = Libc.EnvironmentVariable("FCGI_WEB_SERVER_ADDRS\0"u8);
        if (value == null)
            return null;
        var peers = new AllowedPeers();
        string text = Encoding.ASCII.GetString(value, Libc.LengthOf(value));
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(part, out byte[] address))
                throw new ShimException(ExitCode.Usage, $"FCGI_WEB_SERVER_ADDRS contains \"{part}\", which is not an IP address", "separate addresses by commas, such as 127.0.0.1,::1");
            peers._addresses.Add(address);
        }
        return peers;
    }

    /// <summary>True if the connection's peer is one of them; over a unix socket, which has no addresses, every peer is.</summary>
    internal bool Allow(int connection)
    {
        // struct sockaddr: the family, then for both families the port, then (IPv6: four bytes of flow label, then) the address.
        Span<byte> name = stackalloc byte[128];
        if (!Libc.TryGetPeer(connection, name))
            return false;
        Span<byte> peer = stackalloc byte[AddressSize];
        switch (BinaryPrimitives.ReadUInt16LittleEndian(name))
        {
            case Flags.AF_UNIX:
                return true;
            case Flags.AF_INET:
                MappedPrefix.CopyTo(peer);
                name.Slice(4, 4).CopyTo(peer[MappedPrefix.Length..]);
                break;
            case Flags.AF_INET6:
                name.Slice(8, AddressSize).CopyTo(peer);
                break;
            default:
                return false;
        }
        foreach (byte[] address in _addresses)
        {
            if (peer.SequenceEqual(address))
                return true;
        }
        return false;
    }

    private static bool TryParse(string text, out byte[] address)
    {
        address = new byte[AddressSize];
        byte[] nulTerminated = Encoding.ASCII.GetBytes(text + "\0");
        if (Libc.TryParseAddress(Flags.AF_INET6, nulTerminated, address))
            return true;
        MappedPrefix.CopyTo(address);
        return Libc.TryParseAddress(Flags.AF_INET, nulTerminated, address.AsSpan(MappedPrefix.Length));
    }
}
