using System.Text;
using Shims.Control.Client;

namespace Shims.ControlTests.Client;

public sealed class RequestUrlTests
{
    [Theory]
    [InlineData("/a/b?c=d", "/a/b", "c=d", "/a/b?c=d")]
    [InlineData("/a%20b/%C3%A9", "/a b/é", "", "/a%20b/%C3%A9")]
    [InlineData("//a///b//", "/a/b/", "", "//a///b//")]
    [InlineData("/a/./b/../c", "/a/c", "", "/a/./b/../c")]
    [InlineData("/a/b/..", "/a/", "", "/a/b/..")]
    [InlineData("/a/%2e%2e/b%2Fc", "/b/c", "", "/a/%2e%2e/b%2Fc")]
    [InlineData("/a?x=%20+#part", "/a", "x=%20+", "/a?x=%20+")]
    [InlineData("/a%3Fb?c?d", "/a?b", "c?d", "/a%3Fb?c?d")]
    [InlineData("http://h/", "/", "", "/")]
    [InlineData("http://h", "/", "", "/")]
    [InlineData("http://h?q", "/", "q", "/?q")]
    public void Request_URL_is_decoded_and_normalised_as_by_nginx(string text, string path, string query, string uri)
    {
        RequestUrl url = RequestUrl.Parse(text, out string? fault)!;
        Assert.Null(fault);
        Assert.Equal(path, Encoding.UTF8.GetString(url.Path));
        Assert.Equal(query, url.Query);
        Assert.Equal(uri, url.Uri);
    }

    [Theory]
    [InlineData("/x", "http", "localhost", 80, "localhost")]
    [InlineData("http://example.org/x", "http", "example.org", 80, "example.org")]
    [InlineData("HTTPS://example.org:443/x", "https", "example.org", 443, "example.org")]
    [InlineData("https://example.org:8443/x", "https", "example.org", 8443, "example.org:8443")]
    [InlineData("http://[::1]:8080/x", "http", "[::1]", 8080, "[::1]:8080")]
    [InlineData("http://[::1]/x", "http", "[::1]", 80, "[::1]")]
    public void Request_URL_is_split_into_scheme_host_and_port(string text, string scheme, string host, int port, string authority)
    {
        RequestUrl url = RequestUrl.Parse(text, out _)!;
        Assert.Equal((scheme, host, port, authority), (url.Scheme, url.Host, url.Port, url.Authority));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello.cgi")]
    [InlineData("ftp://h/x")]
    [InlineData("unix:/run/x.sock")]
    [InlineData("/a b")]
    [InlineData("/a\nb")]
    [InlineData("/..")]
    [InlineData("/a/../..")]
    [InlineData("/%00")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("http:///x")]
    [InlineData("http://h:0/x")]
    [InlineData("http://h:/x")]
    [InlineData("http://h:65536/x")]
    [InlineData("http://user@h/x")]
    [InlineData("http://a b/x")]
    [InlineData("http://[::1/x")]
    [InlineData("http://::1/x")]
    [InlineData("http://[h]/x")]
    public void Request_URL_that_nginx_rejects_is_refused_with_cause_and_fix(string text)
    {
        Assert.Null(RequestUrl.Parse(text, out string? fault));
        Assert.Contains(": ", fault, StringComparison.Ordinal);
    }
}
