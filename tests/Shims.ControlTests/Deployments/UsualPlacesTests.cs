using Shims.Control.Doctor.Deployments;
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
        foreach (string file in new[] { "etc/inetd.conf", "etc/xinetd.d/scgi", "etc/systemd/system/scgi-run.socket", "etc/nginx/nginx.conf", "etc/httpd/conf/httpd.conf", "etc/lighttpd/lighttpd.conf", "run/shims/x.sock" })
            _folder.Write(file, "");
        var places = new UsualPlaces(_folder.Path);
        Assert.Equal(["etc/inetd.conf", "etc/xinetd.d/scgi", "etc/systemd/system/scgi-run.socket"], places.SuperServers.Select(Relative));
        Assert.Equal(["etc/nginx/nginx.conf", "etc/httpd/conf/httpd.conf", "etc/lighttpd/lighttpd.conf"], places.WebServers.Select(Relative));
        Assert.Equal(["run/shims/x.sock"], places.Sockets.Select(Relative));
    }

    [Theory]
    [InlineData("inetd-examples/scgi-run.conf", "Inetd"), InlineData("inetd-examples/fcgi-run.freebsd.conf", "Inetd"), InlineData("inetd-examples/apps.conf", "Inetd")]
    [InlineData("inetd-examples/xinetd/scgi-run", "Xinetd"), InlineData("inetd-examples/systemd/scgi-run.socket", "Unit"), InlineData("inetd-examples/systemd/scgi-run@.service", "Unit")]
    [InlineData("nginx-examples/scgi.conf", "Nginx"), InlineData("nginx-examples/fastcgi.conf", "Nginx"), InlineData("nginx-examples/git.conf", "Nginx"), InlineData("nginx-examples/awstats.conf", "Nginx"), InlineData("nginx-examples/app.conf", "Nginx")]
    [InlineData("webserver-examples/apache-scgi.conf", "Apache"), InlineData("webserver-examples/apache-fcgid.conf", "Apache"), InlineData("webserver-examples/apache-app.conf", "Apache"), InlineData("webserver-examples/apache-app-cgi.conf", "Apache")]
    [InlineData("webserver-examples/lighttpd-scgi.conf", "Lighttpd"), InlineData("webserver-examples/lighttpd-authorizer.conf", "Lighttpd"), InlineData("webserver-examples/lighttpd-cgi-fcgi.conf", "Lighttpd")]
    [InlineData("webserver-examples/haproxy.cfg", "HAProxy"), InlineData("webserver-examples/Caddyfile", "Caddy")]
    [InlineData("inetd-examples/cgi-bin/hello.cgi", "None"), InlineData("inetd-examples/cgi-bin/greeting.pl", "None"), InlineData("inetd-examples/cgi-bin", "None")]
    public void A_configuration_is_known_by_what_is_in_it(string path, string kind) =>
        Assert.Equal(Enum.Parse<ConfigurationKind>(kind), ConfigurationKinds.Of(Repository.PathTo(path)));

    private string Relative(string path) => Path.GetRelativePath(_folder.Path, path);
}
