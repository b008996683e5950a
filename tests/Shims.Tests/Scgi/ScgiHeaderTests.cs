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
    public void Reads_the_example_of_the_specification()
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
    public void A_header_that_comes_in_two_parts_is_read_to_its_last_byte_and_no_further()
    {
        byte[] header = s_example.ToNetstring();
        for (int split = 0; split <= header.Length; split++)
            Assert.Equal(header.Length, BytesRead(header, [split, int.MaxValue]));
    }

    [Fact]
    public void A_header_that_comes_in_pieces_of_any_size_is_read_to_its_last_byte_and_no_further()
    {
        foreach (RequestBlock block in new[] { s_example, new RequestBlock { { "CONTENT_LENGTH", "0" } }, Long(90), Long(978), Long(99_999) })
        {
            byte[] header = block.ToNetstring();
            foreach (int size in new[] { 1, 2, 3, 5, 20, 21, 22, 64, int.MaxValue })
                Assert.Equal(header.Length, BytesRead(header, [size]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("70:")]
    [InlineData("70:CONTENT_LENGTH")]
    public void Never_counts_a_byte_as_missing_that_may_belong_to_the_body(string received)
    {
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetMissing(Latin1.Bytes(received), MaxLength, out int missing));
        Assert.InRange(missing, 1, 74 - received.Length);
    }

    [Fact]
    public void Nothing_is_missing_from_a_whole_header()
    {
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetMissing(s_example.ToNetstring(), MaxLength, out int missing));
        Assert.Equal(0, missing);
    }

    [Fact]
    public void A_header_shorter_than_any_can_be_is_refused_if_the_first_read_went_past_it() =>
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetMissing("10:SCGI\01\0a\0\0,body body body"u8[..ScgiHeader.ShortestSize], MaxLength, out _));

    [Fact]
    public void Tells_what_is_wrong_before_the_header_is_whole()
    {
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetMissing("GET / HTTP/1.1"u8, MaxLength, out _));
        Assert.Equal(OperationStatus.InvalidData, ScgiHeader.TryGetMissing([1, 1, 0, 1], MaxLength, out _));
        Assert.Equal(OperationStatus.DestinationTooSmall, ScgiHeader.TryGetMissing("262145:"u8, MaxLength, out _));
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetMissing("262144:"u8, MaxLength, out int missing));
        Assert.Equal(262144 + 1, missing);
    }

    [Fact]
    public void Is_not_read_while_a_byte_is_missing()
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
    public void Refuses_what_is_no_list_of_names_and_values(string header) =>
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
    public void Neither_the_order_nor_the_SCGI_variable_is_insisted_on()
    {
        byte[] header = new RequestBlock { { "REQUEST_METHOD", "GET" }, { "CONTENT_LENGTH", "0" } }.ToNetstring();
        Assert.Equal(OperationStatus.Done, ScgiHeader.TryRead(header, MaxLength, out _));
    }

    /// <summary>Reads as a connection does: no more than is surely missing, and no more than has arrived.</summary>
    private static int BytesRead(byte[] header, int[] arriving)
    {
        byte[] stream = [.. header, .. "the body"u8];
        int received = 0;
        for (int i = 0; ; i++)
        {
            Assert.Equal(OperationStatus.Done, ScgiHeader.TryGetMissing(stream.AsSpan(0, received), MaxLength, out int missing));
            if (missing == 0)
                return received;
            received += Math.Min(missing, arriving[Math.Min(i, arriving.Length - 1)]);
            Assert.InRange(received, 0, header.Length);
        }
    }

    private static RequestBlock Long(int length) => new() { { "CONTENT_LENGTH", "0" }, { "HTTP_X", new string('x', length) } };
}
