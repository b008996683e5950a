using System.Net;
using System.Net.Sockets;
using Shims.Gateway.Serving;

namespace Shims.Tests.Gateway;

/// <summary>Sockets by what getsockname(2) says of them.</summary>
public sealed class OpenDoorTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:192.0.2.1", false)]
    public void A_TCP_socket_needs_a_secret_unless_it_is_on_loopback_and_that_is_said(string address, bool isFreeIfSaid)
    {
        byte[] name = BytesOf(new IPEndPoint(IPAddress.Parse(address), 8009));
        Assert.NotNull(OpenDoor.FaultOf(name, needsNone: false));
        Assert.Equal(isFreeIfSaid, OpenDoor.FaultOf(name, needsNone: true) is null);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_unix_socket_needs_a_secret_if_it_is_abstract_whatever_is_said(bool needsNone)
    {
        Assert.Null(OpenDoor.FaultOf(BytesOf(new UnixDomainSocketEndPoint("/run/shims/ajp.sock")), needsNone));
        Assert.Null(OpenDoor.FaultOf([1, 0], needsNone)); // one of a pair
        Assert.NotNull(OpenDoor.FaultOf(BytesOf(new UnixDomainSocketEndPoint("\0ajp")), needsNone));
        Assert.NotNull(OpenDoor.FaultOf([1, 0, 0], needsNone));
    }

    [Theory]
    [InlineData("28000000000000000100000002000000")] // vsock
    [InlineData("")]
    [InlineData("02001F497F")]
    [InlineData("0A001F49")]
    public void A_socket_of_another_kind_needs_a_secret_whatever_is_said(string address) =>
        Assert.NotNull(OpenDoor.FaultOf(Convert.FromHexString(address), needsNone: true));

    private static byte[] BytesOf(EndPoint endPoint)
    {
        SocketAddress address = endPoint.Serialize();
        return address.Buffer[..address.Size].ToArray();
    }
}
