using Shims.Hosting;

namespace Shims.Tests.Hosting;

public sealed class CookieFormatTests
{
    [Fact]
    public void A_cookie_is_careful_unless_told_otherwise()
    {
        Assert.Equal("a=b; Path=/; HttpOnly; SameSite=Lax", CookieFormat.Write("a", "b", new CookieOptions()));
        Assert.Equal("a=; Path=/x; Domain=example.org; Max-Age=60; Secure; SameSite=None", CookieFormat.Write("a", "",
            new CookieOptions { Path = "/x", Domain = "example.org", MaxAge = TimeSpan.FromMinutes(1), Secure = true, HttpOnly = false, SameSite = "None" }));
    }

    [Theory]
    [InlineData("a b", "x")]
    [InlineData("a=", "x")]
    [InlineData("a", "x;y")]
    [InlineData("a", "x y")]
    [InlineData("a", "x\r\nSet-Cookie: evil=1")]
    [InlineData("a", "é")]
    public void Characters_that_a_cookie_must_not_contain_are_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => CookieFormat.Write(name, value, new CookieOptions()));

    [Theory]
    [InlineData(null, "")]
    [InlineData("a=1", "a:1")]
    [InlineData("a=1; b=2", "a:1 b:2")]
    [InlineData("a=1;b=\"2\"", "a:1 b:2")]
    [InlineData("a=b=c; =x; y", "a:b=c")]
    public void Cookies_are_read_as_leniently_as_browsers_write_them(string? header, string expected) =>
        Assert.Equal(expected, string.Join(' ', CookieFormat.Read(header).Select(pair => $"{pair.Key}:{pair.Value}")));
}
