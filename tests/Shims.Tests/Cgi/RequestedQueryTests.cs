using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class RequestedQueryTests
{
    [Theory]
    // lighttpd 1.4.69
    [InlineData("/a.cgi?x=%41%2f&y=a%20b+c&%zz", "x=A%2F&y=a%20b+c&%25zz", "x=%41%2f&y=a%20b+c&%zz")]
    [InlineData("/a.cgi?a=b", "a=b", "a=b")]
    [InlineData("/a.cgi?", "", "")]
    [InlineData("/a.cgi??", "?", "?")]
    // after a rewrite the URL says something else
    [InlineData("/a.cgi?a=b", "id=7&a=b", "id=7&a=b")]
    [InlineData("/a.cgi?a=b", "a=", "a=")]
    [InlineData("/a.cgi?a", "a=b", "a=b")]
    [InlineData("/pretty/7", "id=7", "id=7")]
    [InlineData("", "id=7", "id=7")]
    // a plus sign and an encoded space are two spellings that scripts may tell apart
    [InlineData("/a.cgi?a+b", "a%20b", "a%20b")]
    public void Is_what_the_browser_sent_wherever_the_server_means_the_same(string uri, string sent, string expected) =>
        Assert.Equal(expected, Latin1.Text(RequestedQuery.Of(Latin1.Bytes(uri), Latin1.Bytes(sent))));

    [Fact]
    public void An_encoded_NUL_stays_encoded() => Assert.True(PercentEncoding.MeanTheSame("%00"u8, "%00"u8) && !PercentEncoding.MeanTheSame("%00"u8, "\0"u8));
}
