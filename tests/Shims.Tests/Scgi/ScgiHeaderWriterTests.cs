using System.Buffers;
using Shims.Cgi;
using Shims.Scgi;

namespace Shims.Tests.Scgi;

public sealed class ScgiHeaderWriterTests
{
    [Fact]
    public void The_SCGI_header_writer_writes_the_example_of_the_specification()
    {
        byte[] block = [.. "CONTENT_LENGTH"u8, 0, .. "27"u8, 0, .. "SCGI"u8, 0, .. "1"u8, 0, .. "REQUEST_METHOD"u8, 0, .. "POST"u8, 0, .. "REQUEST_URI"u8, 0, .. "/deepthought"u8, 0];
        var header = new byte[ScgiHeaderWriter.SizeOf(block)];
        Assert.Equal(header.Length, ScgiHeaderWriter.Write(header, block));
        Assert.Equal([.. "70:"u8, .. block, (byte)','], header);
    }

    [Fact]
    public void A_written_SCGI_header_is_read_back_at_every_length_up_to_four_digits()
    {
        for (int length = 0; length <= 1100; length++)
        {
            byte[] block = [.. "CONTENT_LENGTH\0"u8, .. Enumerable.Repeat((byte)'7', length), 0];
            byte[] header = [.. Enumerable.Repeat((byte)0xAA, ScgiHeaderWriter.SizeOf(block) + 1)];
            int written = ScgiHeaderWriter.Write(header, block);
            Assert.Equal(header.Length - 1, written);
            Assert.Equal(0xAA, header[^1]);
            Assert.Equal(OperationStatus.Done, ScgiHeader.TryRead(header.AsSpan(0, written), 10_000, out CgiVariables variables));
            Assert.True(variables.Block.SequenceEqual(block));
        }
    }
}
