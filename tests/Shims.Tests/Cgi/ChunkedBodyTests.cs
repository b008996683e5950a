using System.Text;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

[Trait("fault", "F25")]
public sealed class ChunkedBodyTests
{
    [Theory]
    [InlineData("4\r\nbody\r\n0\r\n\r\n", "body")]
    [InlineData("4;name=value\r\nbody\r\n0;x\r\n\r\n", "body")]
    [InlineData("4 \t;x\r\nbody\r\n0\r\nTrailer: x\n\n", "body")]
    [InlineData("004\r\nbody\r\n000\r\n\r\n", "body")]
    [InlineData("A\r\n0123456789\r\n1\r\n!\r\n0\r\n\r\n", "0123456789!")]
    [InlineData("a\r\n0123456789\r\n0\r\nTrailer: x\r\nAnother: y\r\n\r\nsurplus", "0123456789")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("0\r\n\r\n", "")]
    public void A_chunked_body_is_decoded_wherever_it_is_cut_into_pieces(string chunked, string expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(chunked);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
            {
                var body = new ChunkedBody();
                string decoded = Decode(body, bytes[..first]) + Decode(body, bytes[first..second]) + Decode(body, bytes[second..]);
                Assert.Equal((expected, true, false), (decoded, body.HasEnded, body.IsMalformed));
            }
        }
    }

    [Theory]
    [InlineData("4\r\nbodyX0\r\n\r\n")]
    [InlineData("4\r\nbody\r\nX\r\n")]
    [InlineData("\r\n")]
    [InlineData("-4\r\nbody\r\n")]
    [InlineData("0x4\r\nbody\r\n")]
    [InlineData("10000000000000000\r\nbody\r\n")]
    [InlineData("4\nbody\n0\n\n")]
    [InlineData("4;x\nbody\r\n0\r\n\r\n")]
    [InlineData("4\rbody\r\n0\r\n\r\n")]
    [InlineData("4;x\ry\r\nbody\r\n0\r\n\r\n")]
    [InlineData("4\r\nbody\n0\r\n\r\n")]
    [InlineData("4\r\nbody\r0\r\n\r\n")]
    [InlineData("4\r\nbody\r\r\n0\r\n\r\n")]
    public void A_body_that_is_not_chunked_is_malformed(string text)
    {
        var body = new ChunkedBody();
        Decode(body, Encoding.ASCII.GetBytes(text));
        Assert.True(body.IsMalformed);
        Assert.Equal("", Decode(body, "4\r\nbody\r\n"u8.ToArray()));
    }

    [Fact]
    public void A_body_that_is_cut_off_anywhere_has_not_ended()
    {
        byte[] whole = "4\r\nbody\r\n0\r\n\r\n"u8.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            var body = new ChunkedBody();
            Decode(body, whole[..length]);
            Assert.False(body.HasEnded || body.IsMalformed);
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("4", null)]
    [InlineData("4\r", null)]
    [InlineData("123456789abcdef", null)]
    [InlineData("4\r\n", true)]
    [InlineData("4;", true)]
    [InlineData("FFFF\r\nx", true)]
    [InlineData("body", false)]
    [InlineData("<html>", false)]
    [InlineData("4\n", true)]
    [InlineData("4\nbody", true)]
    [InlineData("4\rx", false)]
    [InlineData("4 \r\nbody", true)]
    [InlineData("4 ", null)]
    [InlineData("4 x", false)]
    [InlineData("\r\n", false)]
    [InlineData("123456789abcdef0", false)]
    public void The_beginning_tells_whether_a_body_is_chunked(string start, bool? expected) => Assert.Equal(expected, ChunkedBody.LooksChunked(Encoding.ASCII.GetBytes(start)));

    private static string Decode(ChunkedBody body, byte[] part)
    {
        byte[] copy = [.. part];
        return Encoding.ASCII.GetString(copy, 0, body.Decode(copy));
    }
}
