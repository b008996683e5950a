using Shims.Control.Servers;
using Shims.Control.Servers.Reading;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What is looked at if nothing is named, and how configurations are told apart.</summary>
public sealed class UsualPlacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Configurations_lie_where_distributions_keep_them()
    {
        foreach (string file in new[] { "etc/inetd.conf", "etc/xinetd.d/scgi", "etc/systemd/system/scgi-run.socket", "etc/nginx/nginx.conf", "etc/httpd/conf/httpd.conf", "etc/lighttpd/lighttpd.conf" })
            _folder.Write(file, "");
        Assert.Equal(["etc/systemd/system/scgi-run.socket", "etc/xinetd.d/scgi", "etc/inetd.conf", "etc/httpd/conf/httpd.conf", "etc/lighttpd/lighttpd.conf", "etc/nginx/nginx.conf"],
            ServerKinds.UsualFiles(_folder.Path).Select(Relative));
    }

    [Theory]
    [InlineData("inetd-examples/scgi-run.conf", "inetd"), InlineData("inetd-examples/fcgi-run.freebsd.conf", "inetd"), InlineData("inetd-examples/apps.conf", "inetd")]
    [InlineData("inetd-examples/xinetd/scgi-run", "xinetd"), InlineData("inetd-examples/systemd/scgi-run.socket", "systemd"), InlineData("inetd-examples/systemd/scgi-run@.service", "systemd")]
    [InlineData("nginx-examples/scgi.conf", "nginx"), InlineData("nginx-examples/fastcgi.conf", "nginx"), InlineData("nginx-examples/php.conf", "nginx"), InlineData("nginx-examples/wsgi.conf", "nginx"), InlineData("nginx-examples/app.conf", "nginx")]
    [InlineData("webserver-examples/apache-scgi.conf", "apache"), InlineData("webserver-examples/apache-fcgid.conf", "apache"), InlineData("webserver-examples/apache-app.conf", "apache"), InlineData("webserver-examples/apache-app-cgi.conf", "apache")]
    [InlineData("webserver-examples/lighttpd-scgi.conf", "lighttpd"), InlineData("webserver-examples/lighttpd-authorizer.conf", "lighttpd"), InlineData("webserver-examples/lighttpd-cgi-fcgi.conf", "lighttpd")]
    [InlineData("webserver-examples/haproxy.cfg", "haproxy"), InlineData("webserver-examples/Caddyfile", "caddy")]
    [InlineData("inetd-examples/cgi-bin/hello.cgi", null), InlineData("inetd-examples/cgi-bin/greeting.pl", null), InlineData("inetd-examples/cgi-bin", null)]
    public void A_configuration_is_known_by_what_is_in_it(string path, string? kind) =>
        Assert.Equal(kind, ConfigurationFile.TryRead(Repository.PathTo(path)) is { } text ? ServerKinds.Of(Repository.PathTo(path), text)?.Word : null);

    private string Relative(string path) => Path.GetRelativePath(_folder.Path, path);
}
