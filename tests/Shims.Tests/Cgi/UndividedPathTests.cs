using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

public sealed class UndividedPathTests
{
    [Theory]
    // h2o 2.2 with fastcgi.connect at a path, Caddy 2.6 without split: an empty SCRIPT_NAME, and all of the path in PATH_INFO
    [InlineData("/cgi/a.cgi", "/cgi/a.cgi", "", "/cgi/a.cgi", "")]
    [InlineData("/cgi/a.cgi/x%20y", "/cgi/a.cgi/x y", "/x y", "/cgi/a.cgi", "/x y")]
    [InlineData("/cgi/a.cgi/a.cgi", "/cgi/a.cgi/a.cgi", "/a.cgi", "/cgi/a.cgi", "/a.cgi")]
    // slashes and dots that the web server has taken out of the path
    [InlineData("/cgi//a.cgi/./x", "/cgi/a.cgi/x", "/x", "/cgi/a.cgi", "/x")]
    // and those that it has not
    [InlineData("/cgi/a.cgi/x//y", "/cgi/a.cgi/x//y", "/x//y", "/cgi/a.cgi", "/x//y")]
    [InlineData("/cgi/a.cgi/./x", "/cgi/a.cgi/./x", "/./x", "/cgi/a.cgi", "/./x")]
    [InlineData("/cgi/a.cgi//", "/cgi/a.cgi//", "//", "/cgi/a.cgi", "//")]
    // the one script of a command line, so that no path led to it
    [InlineData("/cgi/a.cgi/x", "/cgi/a.cgi/x", "", "/cgi/a.cgi", "/x")]
    // it is mounted at the root of the site: all of it is PATH_INFO
    [InlineData("/x/y", "/x/y", "", "", "/x/y")]
    [InlineData("/a.cgiX/y", "/a.cgiX/y", "", "", "/a.cgiX/y")]
    public void Is_divided_at_the_script(string uri, string sentPathInfo, string rest, string name, string pathInfo)
    {
        var request = new RequestBlock { { "SCRIPT_NAME", "" }, { "PATH_INFO", sentPathInfo }, { "DOCUMENT_URI", "" }, { "REQUEST_URI", uri } };
        Arena memory = Arena.Create(1 << 16);
        ScriptUrl url = ScriptUrl.Split(request.Table(ref memory), "/srv/cgi/a.cgi"u8, Latin1.Bytes(rest), isInPathInfo: false, ref memory);
        Assert.Equal((name, pathInfo), (Latin1.Text(url.ScriptName), Latin1.Text(url.PathInfo)));
        memory.Release();
    }
}
