using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class ResponseBodyTests
{
    [Fact, Trait("fault", "L3")]
    public void A_body_is_cut_at_its_announced_length()
    {
        var body = new ResponseBody(5, isChunked: false);
        Assert.Equal(3, body.Take(new byte[3]));
        Assert.Equal((false, true, false, 2), (body.IsWhole, body.IsShort, body.HasSurplus, body.Left));
        Assert.Equal(2, body.Take(new byte[4]));
        Assert.Equal((true, false, true, 0), (body.IsWhole, body.IsShort, body.HasSurplus, body.Left));
        Assert.Equal(0, body.Take(new byte[1]));
    }

    [Fact]
    public void Bytes_that_pass_without_being_looked_at_count()
    {
        var body = new ResponseBody(5, isChunked: false);
        body.Passed(5);
        Assert.True(body is { IsWhole: true, IsShort: false, HasSurplus: false });
    }

    [Fact]
    public void A_body_without_a_length_is_never_short_and_never_whole()
    {
        var body = new ResponseBody(null, isChunked: false);
        Assert.Equal(100, body.Take(new byte[100]));
        Assert.True(body is { IsWhole: false, IsShort: false, HasSurplus: false, Left: long.MaxValue });
    }

    [Fact, Trait("fault", "F25")]
    public void A_chunked_body_is_whole_with_its_last_chunk()
    {
        var body = new ResponseBody(null, isChunked: true);
        body.Take("4\r\nbody\r\n"u8.ToArray());
        Assert.True(body is { IsWhole: false, IsShort: true, IsPlain: false });
        body.Take("0\r\n\r\n"u8.ToArray());
        Assert.True(body is { IsWhole: true, IsShort: false });
    }
}
