using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class ProxyPrefixTests
{
    [Theory]
    [InlineData("proxy:fcgi://127.0.0.1:9000/srv/cgi-bin/a.cgi", "/srv/cgi-bin/a.cgi")]
    [InlineData("proxy:scgi://127.0.0.1:9000/srv/cgi-bin/a.cgi", "/srv/cgi-bin/a.cgi")]
    [InlineData("proxy:fcgi://localhost/srv/a.cgi", "/srv/a.cgi")]
    [InlineData("proxy:fcgi://[::1]:9000/srv/a.cgi", "/srv/a.cgi")]
    [InlineData("proxy:scgi://matrix-cap/TOP/www/cap-bin/env.cgi", "/TOP/www/cap-bin/env.cgi")]
    [InlineData("proxy:fcgi://name//srv/a.cgi", "//srv/a.cgi")]
    [InlineData("proxy:balancer://cluster/srv/a.cgi", "/srv/a.cgi")]
    [InlineData("proxy:unix:/run/a.sock|fcgi://localhost/srv/a.cgi", "/srv/a.cgi")]
    [InlineData("proxy:scgi://127.0.0.1:9000/", "/")]
    [InlineData("proxy:scgi://127.0.0.1:9000", "")]
    [InlineData("proxy:scgi://", "")]
    [InlineData("proxy:fcgi://h/a/http://b/c", "/a/http://b/c")]
    public void The_prefix_of_mod_proxy_scgi_is_removed(string path, string expected)
    {
        Assert.Equal(expected, Latin1.Text(ProxyPrefix.Remove(Latin1.Bytes(path), out bool isProxied)));
        Assert.True(isProxied);
    }

    [Theory]
    [InlineData("/srv/a.cgi")]
    [InlineData("//srv/a.cgi")]
    [InlineData("/proxy:fcgi://h/srv/a.cgi")]
    [InlineData("fcgi://h/srv/a.cgi")]
    [InlineData("Proxy:fcgi://h/srv/a.cgi")]
    [InlineData("proxy")]
    [InlineData("")]
    public void A_path_without_the_prefix_of_mod_proxy_scgi_is_unchanged(string path)
    {
        Assert.Equal(path, Latin1.Text(ProxyPrefix.Remove(Latin1.Bytes(path), out bool isProxied)));
        Assert.False(isProxied);
    }
}
