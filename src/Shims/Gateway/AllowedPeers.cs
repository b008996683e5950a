using System.Buffers.Binary;
using System.Net;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>FCGI_WEB_SERVER_ADDRS: the only addresses whose connections are served over TCP. FastCGI 1.0 section 3.2.</summary>
/// <remarks>libfcgi compares IPv4 only and lets every IPv6 peer through.</remarks>
internal sealed unsafe class AllowedPeers
{
    private readonly IPAddress[] _addresses;

    private AllowedPeers(IPAddress[] addresses) => _addresses = addresses;

    /// <summary>Reads the variable.</summary>
    /// <returns>Null if it is not set, and everybody may connect.</returns>
    /// <exception cref="ShimException">It contains something that is no address; to serve everybody then would be the wrong way to fail.</exception>
    internal static AllowedPeers? FromEnvironment()
    {
        byte* value = Libc.EnvironmentVariable("FCGI_WEB_SERVER_ADDRS\0"u8);
        if (value == null)
            return null;
        string text = System.Text.Encoding.ASCII.GetString(value, Libc.LengthOf(value));
        var addresses = new List<IPAddress>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IPAddress.TryParse(part, out IPAddress? address))
                throw new ShimException(ExitCode.Usage, $"FCGI_WEB_SERVER_ADDRS contains \"{part}\", which is no IP address", "separate addresses by commas, such as 127.0.0.1,::1");
            addresses.Add(Plain(address));
        }
        return new AllowedPeers([.. addresses]);
    }

    /// <summary>Whether the connection's peer is one of them; over a unix socket, which has no addresses, everybody is.</summary>
    internal bool Allow(int connection)
    {
        // struct sockaddr: the family, then for both families the port, then (IPv6: four bytes of flow label, then) the address.
        Span<byte> address = stackalloc byte[128];
        if (!Libc.TryGetPeer(connection, address))
            return false;
        IPAddress? peer = BinaryPrimitives.ReadUInt16LittleEndian(address) switch
        {
            Flags.AF_UNIX => null,
            Flags.AF_INET => new IPAddress(address.Slice(4, 4)),
            Flags.AF_INET6 => new IPAddress(address.Slice(8, 16)),
            _ => IPAddress.None,
        };
        return peer is null || Array.IndexOf(_addresses, Plain(peer)) >= 0;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
