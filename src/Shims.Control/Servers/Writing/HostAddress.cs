using System.Net;
using Shims.Gateway.Requests;

namespace Shims.Control.Servers.Writing;

/// <summary>The IP address of a host that listens for a web server on another machine.</summary>
internal static class HostAddress
{
    /// <summary>Networks that the Internet does not reach: RFC 1918, 3927, 4193, 4291 and 6598.</summary>
    private static readonly PeerNetwork[] s_private = [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10" }
        .Select(static network => PeerNetwork.Parse(network)!)];

    /// <summary>True for the IP address of one host, without a zone.</summary>
    internal static bool IsOne(string text) => !text.Contains('/', StringComparison.Ordinal) && PeerNetwork.Parse(text) is not null && !IsEvery(text);

    /// <summary>True for an IP address, or a network such as 10.0.0.0/24, as the gateways read it.</summary>
    internal static bool IsOneOrMore(string text) => IsOne(text) || (text.Contains('/', StringComparison.Ordinal) && PeerNetwork.Parse(text) is { HasBitsBeyond: false });

    /// <summary>True if no other machine can connect.</summary>
    internal static bool IsThisMachine(string host) => IPAddress.IsLoopback(IPAddress.Parse(host));

    /// <summary>True for the address of IPv6, which some servers want to be told of.</summary>
    internal static bool IsIPv6(string host) => host.Contains(':', StringComparison.Ordinal);

    /// <summary>True for the address that means every one of a machine.</summary>
    private static bool IsEvery(string host) => IPAddress.Parse(host) is var address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>A line of comment about who reaches a host; empty for a private network.</summary>
    internal static string RemarkOn(string host) => IsThisMachine(host) ? "# Only this machine reaches that address: for a trial.\n"
        : Array.Exists(s_private, network => network.Contains(PeerNetwork.Parse(host)!)) ? ""
        : "# That address is not one of a private network. Requests and pages are not encrypted: use a private network, or a tunnel such as WireGuard.\n";
}
