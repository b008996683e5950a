using System.Net;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>Which peers a list of addresses and networks has.</summary>
public sealed class AllowedPeersTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    [InlineData("192.0.2.128/25", "192.0.2.127", false)]
    [InlineData("192.0.2.128/25", "192.0.2.128", true)]
    [InlineData("192.0.2.4/31", "192.0.2.5", true)]
    [InlineData("192.0.2.4/31", "192.0.2.6", false)]
    [InlineData("192.0.2.4/32", "192.0.2.4", true)]
    [InlineData("192.0.2.4/32", "192.0.2.5", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("::/0", "::ffff:203.0.113.9", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("2001:db8::1/128", "2001:db8::1", true)]
    [InlineData(" 192.0.2.7 , 10.0.0.0/8,, ::1 ", "::1", true)]
    [InlineData("192.0.2.7,10.0.0.0/8", "10.9.9.9", true)]
    public void A_peer_is_allowed_if_one_of_the_networks_has_it(string list, string peer, bool isAllowed) =>
        Assert.Equal(isAllowed, AllowedPeers.Parse(list).Allow(SocketName.Of(IPAddress.Parse(peer).GetAddressBytes(), 4711)));

    [Fact]
    public void A_unix_socket_has_no_addresses_and_another_kind_of_socket_is_not_allowed()
    {
        var peers = AllowedPeers.Parse("0.0.0.0/0,::/0");
        Assert.True(peers.Allow(SocketName.OfPath("/run/x"u8)));
        Assert.True(peers.Allow([1, 0]));
        Assert.False(peers.Allow([40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])); // vsock
        Assert.False(peers.Allow([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("localhost")]
    [InlineData("10.1")]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.1/8")]
    [InlineData("2001:db8::1/64")]
    [InlineData("192.0.2.7;192.0.2.8")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    public void A_list_that_could_mean_something_else_is_refused(string list)
    {
        ShimException refusal = Assert.Throws<ShimException>(() => AllowedPeers.Parse(list));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.StartsWith("--allow-from contains ", refusal.Message, StringComparison.Ordinal);
    }
}
