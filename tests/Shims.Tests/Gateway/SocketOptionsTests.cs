using System.Net;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>--listen and what belongs to it, before anything is opened.</summary>
public sealed class SocketOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:9000", "127.0.0.1", 9000, true)]
    [InlineData("127.9.9.9:1", "127.9.9.9", 1, true)]
    [InlineData("0.0.0.0:65535", "0.0.0.0", 65535, false)]
    [InlineData("192.0.2.7:80", "192.0.2.7", 80, false)]
    [InlineData("[::1]:9000", "::1", 9000, true)]
    [InlineData("[::]:9000", "::", 9000, false)]
    [InlineData("[::ffff:127.0.0.1]:9000", "::ffff:127.0.0.1", 9000, true)]
    [InlineData("[2001:db8::7]:9000", "2001:db8::7", 9000, false)]
    public void An_address_and_a_port_are_read(string text, string address, int port, bool isLocal)
    {
        var own = OwnAddress.Parse(text);
        Assert.Null(own.Path);
        Assert.Equal(SocketName.Of(IPAddress.Parse(address).GetAddressBytes(), port), own.Name);
        Assert.Equal(isLocal, own.IsLocal);
    }

    [Fact]
    public void A_path_is_read()
    {
        var own = OwnAddress.Parse("unix:/run/shims/cgi.sock");
        Assert.Equal("/run/shims/cgi.sock\0"u8.ToArray(), own.Path);
        Assert.True(own.IsLocal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9000")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+9000")]
    [InlineData("127.0.0.1:9000 ")]
    [InlineData("localhost:9000")]
    [InlineData("*:9000")]
    [InlineData(":9000")]
    [InlineData("127.1:9000")]
    [InlineData("::1:9000")]
    [InlineData("[::1]")]
    [InlineData("[::1:9000")]
    [InlineData("[127.0.0.1]:9000")]
    [InlineData("[fe80::1%eth0]:9000")]
    [InlineData("/run/cgi.sock")]
    [InlineData("unix:")]
    [InlineData("unix:/")]
    [InlineData("unix:run/cgi.sock")]
    [InlineData("unix:/run/shims/")]
    [InlineData("unix:@abstract")]
    public void An_address_that_is_neither_is_refused_with_an_example(string text)
    {
        ShimException refusal = Assert.Throws<ShimException>(() => OwnAddress.Parse(text));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.Matches("--listen (takes|.*107).*: (write|choose)", refusal.Message);
    }

    [Fact]
    public void A_path_is_refused_from_108_bytes_on()
    {
        Assert.NotNull(OwnAddress.Parse("unix:/" + new string('x', 106)).Path);
        Assert.Throws<ShimException>(() => OwnAddress.Parse("unix:/" + new string('x', 107)));
    }

    [Theory]
    [InlineData("0.0.0.0:9000")]
    [InlineData("[::]:9000")]
    [InlineData("192.0.2.7:9000")]
    public void An_address_that_other_machines_reach_needs_the_names_of_those_that_are_served(string address)
    {
        Assert.Contains("--allow-from", Assert.Throws<ShimException>(() => SocketOptions.Read(address, null, false, null)).Message, StringComparison.Ordinal);
        Assert.NotNull(SocketOptions.Read(address, null, false, "10.0.0.0/8").Peers);
    }

    [Theory]
    [InlineData("0660", 0x1B0)]
    [InlineData("600", 0x180)]
    [InlineData("0777", 0x1FF)]
    [InlineData("0000", 0)]
    public void A_mode_is_octal(string text, int mode) => Assert.Equal((uint)mode, SocketOptions.ReadMode(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("66")]
    [InlineData("0o660")]
    [InlineData("0680")]
    [InlineData("1777")]
    [InlineData("00660")]
    [InlineData("rw-rw")]
    public void A_text_that_is_not_a_mode_of_a_socket_is_refused(string text) => Assert.Throws<ShimException>(() => SocketOptions.ReadMode(text));

    [Fact]
    public void Options_that_belong_to_a_socket_of_ones_own_are_refused_without_it()
    {
        Assert.Throws<ShimException>(() => SocketOptions.Read(null, 0x1B0, false, null));
        Assert.Throws<ShimException>(() => SocketOptions.Read("127.0.0.1:9000", 0x1B0, false, null));
        Assert.Throws<ShimException>(() => SocketOptions.Read(null, null, true, null));
        Assert.Null(SocketOptions.Read(null, null, false, "127.0.0.1").Own);
    }

    [Theory]
    [InlineData("/run/systemd/notify", 22)]
    [InlineData("@/org/freedesktop/systemd1/notify", 35)]
    public void The_service_manager_is_at_a_path_or_at_an_abstract_name(string value, int length)
    {
        byte[] name = ServiceManager.NameOf(System.Text.Encoding.ASCII.GetBytes(value))!;
        Assert.Equal(length, name.Length);
        Assert.Equal(value[0] == '@', SocketName.IsAbstract(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("notify")]
    [InlineData("vsock:2:1234")]
    public void A_service_manager_of_another_kind_is_told_nothing(string value) => Assert.Null(ServiceManager.NameOf(System.Text.Encoding.ASCII.GetBytes(value)));
}
