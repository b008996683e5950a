using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

public sealed class BeginRequestBodyTests
{
    [Fact]
    public void The_BEGIN_REQUEST_reader_reads_the_example_of_the_specification()
    {
        // FastCGI 1.0 appendix B, 1: {FCGI_BEGIN_REQUEST, 1, {FCGI_RESPONDER, 0}}
        Assert.True(BeginRequestBody.TryRead([0, 1, 0, 0, 0, 0, 0, 0], out BeginRequestBody body));
        Assert.Equal(Role.Responder, body.Role);
        Assert.False(body.KeepsConnection);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(0xFE, false)]
    [InlineData(0xFF, true)]
    public void Only_the_lowest_flag_of_BEGIN_REQUEST_keeps_the_connection(byte flags, bool keeps)
    {
        Assert.True(BeginRequestBody.TryRead([0, 1, flags, 0, 0, 0, 0, 0], out BeginRequestBody body));
        Assert.Equal(keeps, body.KeepsConnection);
    }

    [Fact]
    public void Roles_are_two_bytes_and_unknown_ones_stay_unknown()
    {
        Assert.True(BeginRequestBody.TryRead([0, 2, 0, 0, 0, 0, 0, 0], out BeginRequestBody authorizer));
        Assert.True(BeginRequestBody.TryRead([0, 3, 0, 0, 0, 0, 0, 0], out BeginRequestBody filter));
        Assert.True(BeginRequestBody.TryRead([1, 1, 0, 0, 0, 0, 0, 0], out BeginRequestBody unknown));
        Assert.Equal(Role.Authorizer, authorizer.Role);
        Assert.Equal(Role.Filter, filter.Role);
        Assert.Equal(0x0101, (int)unknown.Role);
    }

    [Fact]
    public void Reserved_bytes_may_be_anything()
    {
        Assert.True(BeginRequestBody.TryRead([0, 1, 1, 1, 2, 3, 4, 5], out BeginRequestBody body));
        Assert.Equal(new BeginRequestBody(Role.Responder, 1), body);
    }

    [Fact]
    public void The_BEGIN_REQUEST_reader_refuses_any_other_length()
    {
        for (int length = 0; length <= 64; length++)
            Assert.Equal(length == BeginRequestBody.Size, BeginRequestBody.TryRead(new byte[length], out _));
    }

    [Fact]
    public void A_BEGIN_REQUEST_body_is_written_as_it_was_read_with_reserved_bytes_of_zero()
    {
        byte[] content = [.. Enumerable.Repeat((byte)0xAA, BeginRequestBody.Size)];
        new BeginRequestBody(Role.Authorizer, Flags: 1).Write(content);
        Assert.Equal([0, 2, 1, 0, 0, 0, 0, 0], content);
    }
}
