using System.Buffers;
using Shims.Cgi;
using Shims.FastCgi;
using Shims.Tests.Cgi;

namespace Shims.Tests.FastCgi;

public sealed class ParametersTests
{
    [Fact]
    public void FastCGI_parameters_become_the_same_block_as_the_payload_of_an_SCGI_header()
    {
        var block = new RequestBlock { { "SERVER_PORT", "80" }, { "SERVER_ADDR", "199.170.183.42" }, { "QUERY_STRING", "" }, { "HTTP_X", new string('\xE9', 300) } };
        Assert.Equal(OperationStatus.Done, Decode(block.ToParameters(), out byte[] decoded));
        Assert.Equal(block.ToPayload(), decoded);
    }

    [Fact]
    public void FastCGI_parameters_need_no_more_room_than_the_stream_has()
    {
        foreach (int size in Sizes.Interesting.Where(size => size > 0))
        {
            byte[] stream = new RequestBlock { { new string('N', size), new string('v', size) }, { "A", "" } }.ToParameters();
            Assert.Equal(OperationStatus.Done, Parameters.TryDecode(stream, new byte[stream.Length], out CgiVariables variables));
            Assert.Equal(size, variables.Get(Latin1.Bytes(new string('N', size))).Length);
        }
    }

    [Fact]
    public void FastCGI_parameters_are_refused_at_every_truncation_within_a_pair()
    {
        byte[] whole = new RequestBlock { { "A", "1" }, { "LONG", new string('x', 200) } }.ToParameters();
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(length == 4 ? OperationStatus.Done : OperationStatus.InvalidData, Decode(whole[..length], out _));
    }

    [Fact]
    public void FastCGI_parameters_are_refused_if_a_name_could_not_be_that_of_a_variable()
    {
        Assert.Equal(OperationStatus.InvalidData, Decode(new RequestBlock { { "A=B", "c" } }.ToParameters(), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode(new RequestBlock { { "=", "c" } }.ToParameters(), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode(new RequestBlock { { "A\0B", "c" } }.ToParameters(), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode(new RequestBlock { { "", "c" } }.ToParameters(), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode([], out _));
    }

    [Fact]
    public void FastCGI_parameters_are_refused_if_a_value_contains_NUL()
    {
        foreach (string value in new[] { "\0", "a\0", "\0a", "a\0b" })
            Assert.Equal(OperationStatus.InvalidData, Decode(new RequestBlock { { "A", value }, { "B", "c" } }.ToParameters(), out _));
    }

    [Fact]
    public void FastCGI_parameters_may_be_1024_and_not_1025()
    {
        Assert.Equal(OperationStatus.Done, Decode(Many(1024).ToParameters(), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode(Many(1025).ToParameters(), out _));
    }

    [Fact]
    public void With_lengths_of_two_gigabytes_in_sixteen_bytes_are_refused() =>
        Assert.Equal(OperationStatus.InvalidData, Decode([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[8]], out _));

    private static RequestBlock Many(int count)
    {
        var block = new RequestBlock();
        for (int i = 0; i < count; i++)
            block.Add($"V{i}", "");
        return block;
    }

    private static OperationStatus Decode(byte[] stream, out byte[] block)
    {
        OperationStatus status = Parameters.TryDecode(stream, new byte[stream.Length + 1], out CgiVariables variables);
        block = variables.Block.ToArray();
        return status;
    }
}
