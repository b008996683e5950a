using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The only addresses whose connections are served over TCP: <c>--allow-from</c>, or for FastCGI the variable FCGI_WEB_SERVER_ADDRS. FastCGI 1.0 section 3.2.</summary>
/// <remarks>libfcgi compares IPv4 only and lets every IPv6 peer through. Here all are compared.</remarks>
internal sealed unsafe class AllowedPeers
{
    internal const string Option = "--allow-from";

    private const string Variable = "FCGI_WEB_SERVER_ADDRS";

    private readonly string _source;
    private readonly List<PeerNetwork> _networks = [];

    private AllowedPeers(string source) => _source = source;

    /// <summary>Reads the option.</summary>
    /// <exception cref="ShimException">It contains something that is neither an address nor a network, or nothing; serving every peer then would be the wrong way to fail.</exception>
    internal static AllowedPeers Parse(string text)
    {
        const string cure = "separate addresses and networks by commas, such as 192.0.2.7,10.0.0.0/8,2001:db8::/32";
        var peers = new AllowedPeers(Option);
        foreach (string part in PartsOf(text))
        {
            PeerNetwork network = PeerNetwork.Parse(part)
                ?? throw new ShimException(ExitCode.Usage, $"{Option} contains \"{Shown(part)}\", which is neither an address nor a network", cure);
            if (network.HasBitsBeyond)
                throw new ShimException(ExitCode.Usage, $"{Option} contains {Shown(part)}, an address with more bits than its network has", "write zeros behind the network, such as 10.1.0.0/16; or leave the slash out, for one address");
            peers._networks.Add(network);
        }
        return peers._networks.Count > 0 ? peers : throw new ShimException(ExitCode.Usage, $"{Option} contains no address", cure);
    }

    /// <summary>Reads the variable.</summary>
    /// <returns>Null if it is not set, and every peer may connect.</returns>
    /// <exception cref="ShimException">It contains something that is not an address.</exception>
    internal static AllowedPeers? FromEnvironment()
    {
        byte* value = Libc.EnvironmentVariable("FCGI_WEB_SERVER_ADDRS\0"u8);
        if (value == null)
            return null;
        var peers = new AllowedPeers(Variable);
        foreach (string part in PartsOf(Encoding.ASCII.GetString(value, Libc.LengthOf(value))))
        {
            if (part.Contains('/', StringComparison.Ordinal) || PeerNetwork.Parse(part) is not { } address)
                throw new ShimException(ExitCode.Usage, $"{Variable} contains \"{Shown(part)}\", which is not an IP address", $"separate addresses by commas, such as 127.0.0.1,::1; {Option} takes networks too");
            peers._networks.Add(address);
        }
        return peers;
    }

    /// <summary>Refuses a connection whose peer is none of them, with a line in the log. The caller closes it.</summary>
    internal bool Refuse(int connection)
    {
        Span<byte> name = stackalloc byte[128];
        bool isThere = Libc.TryGetPeer(connection, name);
        if (isThere && Allow(name))
            return false;
        // One that has gone already has no name any more.
        if (isThere)
            Log.WriteLine($"refused a connection from {PeerName.Of(connection)}, an address that is not in {_source}: add it there if it is the web server's");
        return true;
    }

    /// <summary>True if the peer is one of them; over a unix socket, which has no addresses, every peer is.</summary>
    /// <param name="name">The peer's: a struct sockaddr.</param>
    internal bool Allow(ReadOnlySpan<byte> name)
    {
        if (SocketName.FamilyOf(name) == Flags.AF_UNIX)
            return true;
        Span<byte> peer = stackalloc byte[SocketName.AddressSize];
        if (!SocketName.TryReadAddress(name, peer))
            return false;
        foreach (PeerNetwork network in _networks)
        {
            if (network.Contains(peer))
                return true;
        }
        return false;
    }

    private static string[] PartsOf(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Shown(string part) => PrintableText.Of(part.Length <= 100 ? part : part[..100] + "...");
}
