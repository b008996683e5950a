using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class ContentLengthTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("27", 27)]
    [InlineData("70000", 70000)]
    [InlineData("4294967296", 4294967296)]
    [InlineData("999999999999999999", 999999999999999999)]
    public void CONTENT_LENGTH_is_the_number_of_its_digits(string value, long expected) => Assert.Equal(expected, Read(value));

    [Fact]
    public void CONTENT_LENGTH_is_unknown_if_it_is_absent_or_empty_or_minus_one()
    {
        Assert.Equal(ContentLength.Unknown, Read());
        Assert.Equal(ContentLength.Unknown, Read("")); // nginx FastCGI
        Assert.Equal(ContentLength.Unknown, Read("-1")); // Caddy
    }

    [Theory]
    [InlineData("05")]
    [InlineData("00")]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData("-0")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("-1 ")]
    [InlineData("-10")]
    [InlineData("5 5")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("5,5")]
    [InlineData("5, 5")]
    [InlineData("1e3")]
    [InlineData("0x5")]
    [InlineData("5.0")]
    [InlineData("1_000")]
    [InlineData("\xB2")]
    [InlineData("\xD9\xA5")]
    [InlineData("five")]
    [InlineData("5\n")]
    [InlineData("\t5")]
    [InlineData("1000000000000000000")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999999999999999999999")]
    public void CONTENT_LENGTH_is_refused_if_it_is_anything_but_digits_or_more_than_any_body_can_have(string value) => Assert.Null(Read(value));

    [Fact]
    public void Of_several_the_last_one_that_says_something_counts()
    {
        Assert.Equal(70000, Read("16384", "70000")); // nginx with scgi_request_buffering off
        Assert.Equal(5, Read("0", "5"));
        Assert.Equal(5, Read("5", ""));
        Assert.Equal(5, Read("", "5"));
        Assert.Equal(0, Read("0", "")); // the recorded nginx-scgi-unbuffered
        Assert.Equal(0, Read("5", "0"));
    }

    [Fact]
    public void Of_several_none_may_be_wrong()
    {
        Assert.Null(Read("x", "5"));
        Assert.Null(Read("5", "x"));
    }

    [Fact]
    public void CONTENT_LENGTH_is_not_taken_from_the_headers_name()
    {
        Assert.True(ContentLength.TryRead(new RequestBlock { { "HTTP_CONTENT_LENGTH", "5" }, { "content_length", "6" } }.Variables, out long length));
        Assert.Equal(ContentLength.Unknown, length);
    }

    private static long? Read(params string[] values)
    {
        var block = new RequestBlock { { "REQUEST_METHOD", "POST" } };
        foreach (string value in values)
            block.Add("CONTENT_LENGTH", value);
        return ContentLength.TryRead(block.Variables, out long length) ? length : null;
    }
}
