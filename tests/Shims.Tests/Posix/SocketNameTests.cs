using System.Net;
using System.Net.Sockets;
using Shims.Posix;

namespace Shims.Tests.Posix;

/// <summary>struct sockaddr, as .NET's own writer and reader have it.</summary>
public sealed class SocketNameTests
{
    [Theory]
    [InlineData("127.0.0.1", 9000)]
    [InlineData("192.0.2.7", 1)]
    [InlineData("0.0.0.0", 65535)]
    [InlineData("::1", 9000)]
    [InlineData("2001:db8::7", 80)]
    public void A_name_of_an_address_and_a_port_is_the_one_that_NET_writes(string address, int port)
    {
        var end = new IPEndPoint(IPAddress.Parse(address), port);
        SocketAddress expected = end.Serialize();
        byte[] name = SocketName.Of(end.Address.GetAddressBytes(), port);
        Assert.Equal(expected.Buffer[..expected.Size].ToArray(), name);
        Span<byte> read = stackalloc byte[SocketName.AddressSize];
        Assert.True(SocketName.TryReadAddress(name, read));
        Assert.Equal(end.Address.MapToIPv6().GetAddressBytes(), read.ToArray());
    }

    [Theory]
    [InlineData("/run/shims/cgi.sock", true)]
    [InlineData("\0abstract", false)]
    public void A_name_of_a_path_ends_with_a_NUL_and_an_abstract_one_does_not(string path, bool hasEnd)
    {
        byte[] name = SocketName.OfPath(System.Text.Encoding.ASCII.GetBytes(path))!;
        Assert.Equal(2 + path.Length + (hasEnd ? 1 : 0), name.Length);
        Assert.Equal(!hasEnd, SocketName.IsAbstract(name));
        Assert.Equal(1, SocketName.FamilyOf(name));
        Assert.False(SocketName.TryReadAddress(name, new byte[SocketName.AddressSize]));
    }

    [Fact]
    public void A_path_has_107_bytes_at_the_most()
    {
        Assert.NotNull(SocketName.OfPath(new byte[107]));
        Assert.Null(SocketName.OfPath(new byte[108]));
        Assert.Null(SocketName.OfPath([]));
    }

    [Fact]
    public void A_name_that_is_cut_off_has_no_address()
    {
        byte[] name = SocketName.Of(IPAddress.Loopback.GetAddressBytes(), 80), longer = SocketName.Of(IPAddress.IPv6Loopback.GetAddressBytes(), 80);
        for (int length = 0; length < 24; length++)
        {
            Assert.Equal(length >= 8 && length <= name.Length, length <= name.Length && SocketName.TryReadAddress(name.AsSpan(0, length), new byte[SocketName.AddressSize]));
            Assert.False(SocketName.TryReadAddress(longer.AsSpan(0, length), new byte[SocketName.AddressSize]));
        }
    }
}
