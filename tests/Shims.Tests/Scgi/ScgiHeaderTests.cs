using System.Buffers;
using Shims.Cgi;
using Shims.Scgi;
using Shims.Tests.Cgi;

namespace Shims.Tests.Scgi;

public sealed class ScgiHeaderTests
{
    private const int MaxLength = 256 * 1024;

    private static readonly RequestBlock s_example = new()
    {
        { "CONTENT_LENGTH", "27" }, { "SCGI", "1" }, { "REQUEST_METHOD", "POST" }, { "REQUEST_URI", "/deepthought" },
    };

    [Fact]
    public void The_SCGI_header_reader_reads_the_example_of_the_specification()
    {
        byte[] header = Latin1.Bytes("70:CONTENT_LENGTH\027\0SCGI\01\0REQUEST_METHOD\0POST\0REQUEST_URI\0/deepthought\0,");
        Assert.Equal(header, s_example.ToNetstring());
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryRead(header, MaxLength, out CgiVariables variables));
        Assert.Equal("27", Latin1.Text(variables.Get("CONTENT_LENGTH"u8)));
        Assert.Equal("1", Latin1.Text(variables.Get("SCGI"u8)));
        Assert.Equal("POST", Latin1.Text(variables.Get("REQUEST_METHOD"u8)));
        Assert.Equal("/deepthought", Latin1.Text(variables.Get("REQUEST_URI"u8)));
    }

    [Fact]
    public void The_shortest_header_there_can_be_is_as_long_as_the_first_read() =>
        Assert.Equal(ScgiHeader.ShortestSize, new RequestBlock { { "CONTENT_LENGTH", "0" } }.ToNetstring().Length);

    [Fact]
    public void The_size_of_a_header_is_that_of_its_netstring()
    {
        foreach (RequestBlock block in new[] { s_example, new RequestBlock { { "CONTENT_LENGTH", "0" } }, Long(90), Long(978), Long(99_999) })
        {
            byte[] header = block.ToNetstring();
            foreach (byte[] stream in new[] { header, [.. header, .. "the body"u8], header[..ScgiHeader.ShortestSize] })
            {
                Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetSize(stream, MaxLength, out int size));
                Assert.Equal(header.Length, size);
            }
        }
    }

    [Theory]
    [InlineData("", OperationStatus.NeedMoreData, 0)]
    [InlineData("7", OperationStatus.NeedMoreData, 0)]
    [InlineData("70", OperationStatus.NeedMoreData, 0)]
    [InlineData("70:", OperationStatus.Done, 74)]
    [InlineData("70:CONTENT_LENGTH", OperationStatus.Done, 74)]
    public void The_size_of_a_header_is_known_from_the_colon_on(string received, OperationStatus expected, int expectedSize)
    {
        Assert.Equal(expected, ScgiHeader.TryGetSize(Latin1.Bytes(received), MaxLength, out int size));
        Assert.Equal(expectedSize, size);
    }

    [Fact]
    public void The_size_is_known_before_the_shortest_header_has_come()
    {
        for (int length = ScgiHeader.ShortestSize - 1; length <= 40; length++)
        {
            byte[] digits = [.. Enumerable.Repeat((byte)'1', length)];
            Assert.NotEqual(OperationStatus.NeedMoreData, ScgiHeader.TryGetSize(digits, int.MaxValue, out _));
        }
    }

    [Fact, Trait("fault", "C1")]
    public void A_header_shorter_than_any_can_be_is_refused_however_much_has_come()
    {
        for (int length = 0; length < 17; length++)
        {
            byte[] stream = [.. Latin1.Bytes($"{length}:"), .. new byte[64]];
            for (int received = $"{length}:".Length; received <= stream.Length; received++)
            {
                Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetSize(stream.AsSpan(0, received), MaxLength, out int size));
                Assert.Equal(0, size);
            }
        }
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetSize("17:"u8, MaxLength, out int shortest));
        Assert.Equal(ScgiHeader.ShortestSize, shortest);
    }

    [Fact]
    public void The_SCGI_header_reader_finds_a_fault_before_the_header_is_whole()
    {
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetSize("GET / HTTP/1.1"u8, MaxLength, out _));
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetSize([1, 1, 0, 1], MaxLength, out _));
        Assert.Equal(OperationStatus.DestinationTooSmall, ScgiHeader.TryGetSize("262145:"u8, MaxLength, out _));
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetSize("262144:"u8, MaxLength, out int size));
        Assert.Equal("262144:".Length + 262144 + 1, size);
    }

    [Fact]
    public void An_SCGI_header_is_not_read_while_a_byte_is_missing()
    {
        byte[] header = s_example.ToNetstring();
        for (int length = 0; length < header.Length; length++)
            Assert.Equal(OperationStatus.NeedMoreData, ScgiHeader.TryRead(header.AsSpan(0, length), MaxLength, out _));
    }

    [Theory]
    [InlineData("0:,")]
    [InlineData("1:\0,")]
    [InlineData("2:\0\0,")]
    [InlineData("1:a,")]
    [InlineData("2:a\0,")]
    [InlineData("3:a\0b,")]
    [InlineData("5:a\0b\0c,")]
    [InlineData("6:a\0b\0c\0,")]
    [InlineData("5:a\0\0\0\0,")]
    [InlineData("6:a=b\0c\0,")]
    [InlineData("4:=\0c\0,")]
    public void The_SCGI_header_reader_refuses_a_payload_that_is_not_a_list_of_names_and_values(string header) =>
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryRead(Latin1.Bytes(header), MaxLength, out _));

    [Fact]
    public void Values_may_be_empty_and_may_be_any_bytes_but_NUL()
    {
        string value = string.Concat(Enumerable.Range(1, 255).Select(number => (char)number));
        byte[] header = new RequestBlock { { "A", "" }, { "B", value }, { "C", "" } }.ToNetstring();
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryRead(header, MaxLength, out CgiVariables variables));
        Assert.Equal(value, Latin1.Text(variables.Get("B"u8)));
        Assert.True(variables.TryGet("C"u8, out ReadOnlySpan<byte> empty));
        Assert.True(empty.IsEmpty);
    }

    [Fact]
    public void An_SCGI_header_may_lack_the_SCGI_variable_and_have_any_order()
    {
        byte[] header = new RequestBlock { { "REQUEST_METHOD", "GET" }, { "CONTENT_LENGTH", "0" } }.ToNetstring();
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryRead(header, MaxLength, out _));
    }

    private static RequestBlock Long(int length) => new() { { "CONTENT_LENGTH", "0" }, { "HTTP_X", new string('x', length) } };
}
