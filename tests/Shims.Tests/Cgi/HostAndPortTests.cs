using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class HostAndPortTests
{
    [Theory]
    [InlineData("example.org", "example.org", "")]
    [InlineData("example.org:8080", "example.org", "8080")]
    [InlineData("127.0.0.1:80", "127.0.0.1", "80")]
    [InlineData("127.0.0.1", "127.0.0.1", "")]
    [InlineData("[::1]", "[::1]", "")]
    [InlineData("[::1]:8080", "[::1]", "8080")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]", "443")]
    [InlineData("[fe80::1%25eth0]:443", "[fe80::1%25eth0]", "443")]
    [InlineData("::1", "::1", "")]
    [InlineData("2001:db8::1", "2001:db8::1", "")]
    [InlineData("::", "::", "")]
    [InlineData("example.org:", "example.org", "")]
    [InlineData("", "", "")]
    [InlineData("example.org:http", "example.org:http", "")]
    [InlineData("example.org:80x", "example.org:80x", "")]
    [InlineData("example.org:-1", "example.org:-1", "")]
    [InlineData("[::1]x", "[::1]x", "")]
    [InlineData("]", "]", "")]
    [InlineData("[", "[", "")]
    [InlineData("\xC3\xA9.example:1", "\xC3\xA9.example", "1")]
    public void Host_and_port_are_told_apart(string authority, string host, string port)
    {
        Assert.Equal(host, Latin1.Text(HostAndPort.HostOf(Latin1.Bytes(authority))));
        Assert.Equal(port, Latin1.Text(HostAndPort.PortOf(Latin1.Bytes(authority))));
    }
}
