using Shims.Hosting;

namespace Shims.Tests.Hosting;

public sealed class UrlEncodedValuesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a=1", "a:1")]
    [InlineData("a=1&b=2&a=3", "a:1 b:2 a:3")]
    [InlineData("&&a=1&", "a:1")]
    [InlineData("a", "a:")]
    [InlineData("a=b=c", "a:b=c")]
    [InlineData("=x", ":x")]
    [InlineData("x=%41+%2B", "x:A +")]
    [InlineData("x=%", "x:%")]
    [InlineData("x=%4", "x:%4")]
    [InlineData("x=%zz", "x:%zz")]
    [InlineData("%C3%A9=%E2%82%AC", "é:€")]
    [InlineData("x=%26%3D", "x:&=")]
    [InlineData("x=1;y=2", "x:1;y=2")]
    public void Pairs_are_decoded(string encoded, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(encoded).Select(pair => $"{pair.Key}:{pair.Value}")));

    [Fact]
    public void Bytes_that_are_not_text_do_no_harm() => Assert.Equal("�", UrlEncodedValues.Read("x=%FF"u8, 10)["x"]);

    [Fact]
    public void As_many_pairs_as_allowed_are_read_and_not_one_more()
    {
        Assert.Equal(3, UrlEncodedValues.Read("a&b&c"u8, 3).Count);
        Assert.Equal(413, Assert.Throws<BadRequestException>(() => UrlEncodedValues.Read("a&b&c&d"u8, 3)).StatusCode);
    }

    [Fact]
    public void The_first_value_counts_and_all_can_be_had()
    {
        ValueCollection values = Read("a=1&b=2&a=3");
        Assert.Equal("1", values["a"]);
        Assert.Equal(["1", "3"], values.GetAll("a"));
        Assert.Null(values["A"]);
        Assert.Empty(values.GetAll("c"));
    }

    private static ValueCollection Read(string encoded) => UrlEncodedValues.Read(System.Text.Encoding.UTF8.GetBytes(encoded), 1024);
}
