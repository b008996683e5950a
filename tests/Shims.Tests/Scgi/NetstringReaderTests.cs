using System.Buffers;
using Shims.Scgi;

namespace Shims.Tests.Scgi;

public sealed class NetstringReaderTests
{
    private const string Specified = "70:CONTENT_LENGTH\027\0SCGI\01\0REQUEST_METHOD\0POST\0REQUEST_URI\0/deepthought\0,";

    [Fact]
    public void The_netstring_reader_reads_the_example_of_the_SCGI_specification()
    {
        var reader = new NetstringReader(Latin1.Bytes(Specified + "What is the answer to life?"));
        Assert.Equal(OperationStatus.Done, reader.TryRead(70, out ReadOnlySpan<byte> payload));
        Assert.Equal(Specified[3..^1], Latin1.Text(payload));
    }

    [Fact]
    public void The_netstring_reader_reads_the_example_of_the_netstring_specification()
    {
        Assert.Equal("hello world!", Read("12:hello world!,"));
        Assert.Equal("", Read("0:,"));
    }

    [Fact]
    public void The_netstring_reader_asks_for_more_at_every_truncation()
    {
        byte[] whole = Latin1.Bytes(Specified);
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(OperationStatus.NeedMoreData, new NetstringReader(whole.AsSpan(0, length)).TryRead(70, out _));
    }

    [Fact]
    public void The_netstring_reader_stays_where_it_is_until_a_netstring_is_whole()
    {
        var reader = new NetstringReader("3:abc,3:de"u8);
        Assert.Equal(OperationStatus.Done, reader.TryRead(3, out _));
        Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(3, out _));
        Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(3, out ReadOnlySpan<byte> payload));
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void The_netstring_reader_reads_one_netstring_after_another()
    {
        var reader = new NetstringReader("1:a,0:,2:bc,"u8);
        foreach (string expected in new[] { "a", "", "bc" })
        {
            Assert.Equal(OperationStatus.Done, reader.TryRead(2, out ReadOnlySpan<byte> payload));
            Assert.Equal(expected, Latin1.Text(payload));
        }
        Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(2, out _));
    }

    [Theory]
    [InlineData(":abc,")]
    [InlineData("00:,")]
    [InlineData("03:abc,")]
    [InlineData("+3:abc,")]
    [InlineData("-3:abc,")]
    [InlineData(" 3:abc,")]
    [InlineData("3 :abc,")]
    [InlineData("0x3:abc,")]
    [InlineData("3\0:abc,")]
    [InlineData("3;abc,")]
    [InlineData("\xB3:abc,")]
    [InlineData("3:abc;")]
    [InlineData("3:abcd,")]
    [InlineData("1234567890:abc,")]
    [InlineData("2147483647:abc,")]
    [InlineData("9999999999")]
    [InlineData("99999999999999999999999999")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\x01\x01\0\x01\0\b\0\0")]
    public void The_netstring_reader_refuses_bytes_that_are_not_a_netstring(string bytes) =>
        Assert.Equal(OperationStatus.InvalidData, new NetstringReader(Latin1.Bytes(bytes)).TryRead(int.MaxValue, out _));

    [Fact]
    public void The_netstring_reader_refuses_bytes_as_soon_as_they_cannot_be_a_netstring()
    {
        foreach (string start in new[] { ":", "x", "00", "1x", "1234567890" })
            Assert.Equal(OperationStatus.InvalidData, new NetstringReader(Latin1.Bytes(start)).TryRead(100, out _));
    }

    [Fact]
    public void The_netstring_reader_takes_a_payload_at_the_limit_and_none_one_byte_longer()
    {
        Assert.Equal(OperationStatus.Done, new NetstringReader("5:abcde,"u8).TryRead(5, out _));
        Assert.Equal(OperationStatus.DestinationTooSmall, new NetstringReader("5:abcde,"u8).TryRead(4, out _));
        Assert.Equal(OperationStatus.DestinationTooSmall, new NetstringReader("5:"u8).TryRead(4, out _));
        Assert.Equal(OperationStatus.DestinationTooSmall, new NetstringReader("999999999:"u8).TryRead(256 * 1024, out _));
    }

    [Fact]
    public void Nine_digits_are_a_length_and_ten_are_none()
    {
        Assert.Equal(OperationStatus.NeedMoreData, new NetstringReader("999999999:"u8).TryRead(int.MaxValue, out _));
        Assert.Equal(OperationStatus.NeedMoreData, new NetstringReader("999999999"u8).TryRead(int.MaxValue, out _));
        Assert.Equal(OperationStatus.InvalidData, new NetstringReader("9999999990"u8).TryRead(int.MaxValue, out _));
    }

    [Fact]
    public void The_netstring_reader_gives_a_view_of_the_buffer_and_no_copy()
    {
        byte[] buffer = Latin1.Bytes("3:abc,");
        new NetstringReader(buffer).TryRead(3, out ReadOnlySpan<byte> payload);
        Assert.True(payload.Overlaps(buffer));
    }

    [Fact]
    public void The_netstring_reader_reads_back_every_size_of_payload_that_was_written()
    {
        foreach (int size in Sizes.Interesting)
        {
            byte[] payload = new Pseudorandom((ulong)size).Bytes(size);
            var reader = new NetstringReader([.. Latin1.Bytes($"{size}:"), .. payload, (byte)',']);
            Assert.Equal(OperationStatus.Done, reader.TryRead(size, out ReadOnlySpan<byte> read));
            Assert.True(read.SequenceEqual(payload), $"{size} bytes");
        }
    }

    private static string Read(string bytes)
    {
        Assert.Equal(OperationStatus.Done, new NetstringReader(Latin1.Bytes(bytes)).TryRead(100, out ReadOnlySpan<byte> payload));
        return Latin1.Text(payload);
    }
}
