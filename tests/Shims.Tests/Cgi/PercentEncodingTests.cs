using CsCheck;
using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Cgi;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("%20", " ")]
    [InlineData("a%20b", "a b")]
    [InlineData("/%C3%A9%E2%82%AC", "/\xC3\xA9\xE2\x82\xAC")]
    [InlineData("%2F%2f", "//")]
    [InlineData("%41%5a%6A", "AZj")]
    [InlineData("%FF%80", "\xFF\x80")]
    [InlineData("a+b", "a+b")]
    [InlineData("~x;y=1,2+3@z", "~x;y=1,2+3@z")]
    public void Percent_encoding_is_decoded(string encoded, string expected) => Assert.Equal(expected, Decode(encoded));

    [Theory]
    [InlineData("%")]
    [InlineData("%2")]
    [InlineData("%z")]
    [InlineData("%zz")]
    [InlineData("%2z")]
    [InlineData("%z2")]
    [InlineData("%%")]
    [InlineData("%%%")]
    [InlineData("% 20")]
    [InlineData("%-1")]
    [InlineData("%+1")]
    [InlineData("%\xC3\xA9")]
    [InlineData("%0x")]
    [InlineData("a%")]
    [InlineData("a%2")]
    public void A_percent_sign_without_two_digits_stays_as_it_is(string text) => Assert.Equal(text, Decode(text));

    [Theory]
    [InlineData("%%41", "%A")]
    [InlineData("%4%41", "%4A")]
    [InlineData("%25%32%46", "%2F")]
    [InlineData("%2541", "%41")]
    [InlineData("100%25", "100%")]
    public void Percent_encoding_is_decoded_once_and_not_twice(string encoded, string expected) => Assert.Equal(expected, Decode(encoded));

    [Fact]
    public void Of_every_byte_in_either_case_is_undone()
    {
        // NUL is another matter: what becomes of it is said where paths are read.
        for (int value = 1; value <= 255; value++)
        {
            Assert.Equal(((char)value).ToString(), Decode($"%{value:x2}"));
            Assert.Equal(((char)value).ToString(), Decode($"%{value:X2}"));
        }
    }

    [Fact]
    public void Decoding_never_needs_more_room_than_the_encoded_text_and_writes_no_further()
    {
        DamagedBytes.Of(Latin1.Bytes("/a%20b/%C3%A9%2F%%41%zz%")).Sample(
            encoded => Assert.InRange(PercentEncoding.Decode(encoded, new byte[encoded.Length]).Length, 0, encoded.Length), iter: TestExtent.Of(2_000, 400_000));
    }

    private static string Decode(string encoded) => Latin1.Text(PercentEncoding.Decode(Latin1.Bytes(encoded), new byte[encoded.Length]));
}
