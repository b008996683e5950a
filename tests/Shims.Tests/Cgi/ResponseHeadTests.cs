using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class ResponseHeadTests
{
    [Fact]
    public void The_request_id_is_a_header_unless_the_script_has_sent_one()
    {
        Assert.Equal("Status: 200 OK\r\nA: b\r\nX-Request-Id: 0123abcd\r\n\r\n", Latin1.Text(Read("A: b\n\n").ToBytes("0123abcd")));
        Assert.Equal("Status: 200 OK\r\nx-request-ID: own\r\nA: b\r\n\r\n", Latin1.Text(Read("x-request-ID: own\nA: b\n\n").ToBytes("0123abcd")));
    }

    [Fact]
    public void A_plain_header_goes_out_with_a_status_line_first_and_CRLF_at_each_end()
    {
        Assert.Equal("Status: 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n", Sent("Content-Type: text/plain\nX-A: b\n\n"));
        Assert.Equal("Status: 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n", Sent("Content-Type: text/plain\r\nX-A: b\r\n\r\n"));
        Assert.Equal("Status: 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n", Sent("Content-Type: text/plain\nX-A: b\r\n\n"));
        Assert.Equal("Status: 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n", Sent("Content-Type: text/plain\r\nX-A: b\n\r\n"));
    }

    [Theory]
    [InlineData("Status: 404 Not Found\nA: b\n\n", 404, "404 Not Found")]
    [InlineData("A: b\nStatus: 404 Not Found\n\n", 404, "404 Not Found")]
    [InlineData("A: b\nstatus:404 Gone fishing\n\n", 404, "404 Gone fishing")]
    [InlineData("A: b\nSTATUS: 404\n\n", 404, "404 Not Found")]
    [InlineData("Status: 404 \nA: b\n\n", 404, "404 Not Found")]
    [InlineData("Status: 299 \xE9\nA: b\n\n", 299, "299 \xE9")]
    [InlineData("Status: 999 x\nA: b\n\n", 999, "999 x")]
    [InlineData("Status: 200 x\nA: b\n\n", 200, "200 x")]
    [InlineData("HTTP/1.1 404 Not Found\nA: b\n\n", 404, "404 Not Found")]
    [InlineData("HTTP/1.0 404\r\nA: b\r\n\r\n", 404, "404 Not Found")]
    [InlineData("HTTP/2 201 Made\nA: b\n\n", 201, "201 Made")]
    public void The_status_may_stand_anywhere_and_goes_first(string block, int code, string line)
    {
        Assert.Equal($"Status: {line}\r\nA: b\r\n\r\n", Sent(block));
        Assert.Equal(code, Read(block).Status);
    }

    [Theory]
    [InlineData("Status: abc")]
    [InlineData("Status:")]
    [InlineData("Status: 20")]
    [InlineData("Status: 2000")]
    [InlineData("Status: 200OK")]
    [InlineData("Status: -200 x")]
    [InlineData("Status: 2 0 x")]
    [InlineData("Status: OK 200")]
    [InlineData("Status: 000 x")]
    [InlineData("Status: 100 Continue")]
    [InlineData("Status: 101 Switching Protocols")]
    [InlineData("Status: 199 x")]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("HTTP/1.1 abc")]
    [InlineData("HTTP/1.1 100 Continue")]
    public void A_status_that_is_none_is_a_fault(string line) => Assert.NotNull(Fault(line + "\nA: b\n\n"));

    [Fact]
    public void A_status_line_of_HTTP_is_one_in_the_first_line_only() => Assert.NotNull(Fault("A: b\nHTTP/1.1 200 OK\n\n"));

    [Theory]
    [InlineData("X: a\rSet-Cookie: evil\n\n")] // fcgiwrap makes two headers of this
    [InlineData("X: a\r\r\n\n")]
    [InlineData("\rX: a\n\n")]
    [InlineData("X\r: a\n\n")]
    [InlineData("X: a\0b\n\n")]
    [InlineData("\0X: a\n\n")]
    [InlineData("X: a\0\n\n")]
    public void A_CR_or_NUL_within_a_line_is_a_fault(string block) => Assert.NotNull(Fault(block));

    [Fact, Trait("fault", "L3")]
    public void Every_other_control_character_within_a_line_is_a_fault_except_a_tab()
    {
        foreach (int character in Enumerable.Range(0, 256).Where(static number => number is < 32 or 127 && number is not ('\n' or '\t')))
            Assert.Equal("its header contains a control character inside a line", Fault($"X: a{(char)character}b\n\n"));
    }

    [Fact, Trait("fault", "L3")]
    public void A_length_of_more_than_18_digits_is_a_fault()
    {
        Assert.Equal(999_999_999_999_999_999, Read("Content-Length: 999999999999999999\n\n").ContentLength);
        Assert.Equal("its Content-Length has more than 18 digits", Fault("Content-Length: 18446744073709551618\n\n"));
    }

    [Fact, Trait("fault", "F25")]
    public void A_chunked_body_has_no_other_length()
    {
        const string block = "A: b\nContent-Length: 27\nTransfer-Encoding: gzip, Chunked\nC: d\n\n";
        Assert.True(Read(block).IsChunked);
        Assert.Null(Read(block).ContentLength);
        Assert.Equal("Status: 200 OK\r\nA: b\r\nC: d\r\n\r\n", Sent(block));
        Assert.False(Read("Transfer-Encoding: gzip\n\n").IsChunked);
    }

    [Fact]
    public void A_line_without_a_colon_is_quoted_and_a_byte_order_mark_is_named()
    {
        Assert.Equal("not a header line: \"Hello\"", Fault("Hello\n\n"));
        Assert.Equal("not a header line: a byte order mark before \"Content-Type: text/plain\"", Fault("\u00EF\u00BB\u00BFContent-Type: text/plain\n\n"));
    }

    [Theory]
    [InlineData("no colon\n\n")]
    [InlineData("A: b\nno colon\n\n")]
    [InlineData(": no name\n\n")]
    [InlineData("na me: x\n\n")]
    [InlineData("name : x\n\n")]
    [InlineData("A: b\n continued\n\n")]
    [InlineData("A: b\n\tcontinued: x\n\n")]
    [InlineData(" A: b\n\n")]
    [InlineData("n\xE9: x\n\n")]
    [InlineData("(A): x\n\n")]
    [InlineData("<html>\n\n")]
    [InlineData("<p style=\"color: red\">\n\n")]
    [InlineData("Traceback (most recent call last):\n  File \"x\"\n\n")]
    public void A_line_that_is_not_a_header_is_a_fault(string block) => Assert.NotNull(Fault(block));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\nContent-Type: text/plain\n\n")]
    public void An_empty_header_is_a_fault(string block)
    {
        Assert.True(ResponseHead.TryFindEnd(Latin1.Bytes(block), out int size));
        ResponseHead.Read(Latin1.Bytes(block).AsSpan(0, size), out string? fault);
        Assert.NotNull(fault);
    }

    [Fact]
    public void Every_character_of_a_token_may_stand_in_a_name_and_every_byte_but_controls_in_a_value()
    {
        const string token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        string value = string.Concat(Enumerable.Range(1, 255).Where(number => number is '\t' or >= ' ' and not 127).Select(number => (char)number));
        Assert.Equal($"Status: 200 OK\r\n{token}: x{value}x\r\n\r\n", Sent($"{token}: x{value}x\n\n"));
    }

    [Fact]
    public void Space_around_a_value_is_left_out_and_an_empty_value_stays() =>
        Assert.Equal("Status: 200 OK\r\nA: b  c\r\nB: \r\nC: d\r\n\r\n", Sent("A:  \t b  c \t\nB:\nC:d\n\n"));

    [Fact]
    public void Several_headers_of_one_name_stay_several_in_their_order() =>
        Assert.Equal("Status: 200 OK\r\nSet-Cookie: a=1\r\nX: y\r\nSet-Cookie: b=2\r\n\r\n", Sent("Set-Cookie: a=1\nX: y\nSet-Cookie: b=2\n\n"));

    [Theory]
    [InlineData("Connection: close")]
    [InlineData("connection: keep-alive")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("TRANSFER-ENCODING: gzip")]
    [InlineData("Keep-Alive: 5")]
    [InlineData("Proxy-Connection: close")]
    [InlineData("TE: trailers")]
    [InlineData("Trailer: X")]
    [InlineData("Upgrade: websocket")]
    public void A_header_about_the_connection_is_dropped(string line) => Assert.Equal("Status: 200 OK\r\nA: b\r\n\r\n", Sent($"{line}\nA: b\n\n"));

    [Fact]
    public void A_location_alone_is_a_redirect()
    {
        Assert.Equal("Status: 302 Found\r\nLocation: http://h/x\r\n\r\n", Sent("Location: http://h/x\n\n"));
        Assert.Equal("Status: 302 Found\r\nlocation: /local\r\n\r\n", Sent("location: /local\n\n"));
        Assert.Equal(302, Read("Location: /x\n\n").Status);
        Assert.Equal("Status: 302 Found\r\nContent-Type: a/b\r\nLocation: /x\r\n\r\n", Sent("Content-Type: a/b\nLocation: /x\n\n"));
    }

    [Fact]
    public void A_location_with_a_status_is_what_the_status_says()
    {
        Assert.Equal("Status: 301 Moved\r\nLocation: /x\r\n\r\n", Sent("Status: 301 Moved\nLocation: /x\n\n"));
        Assert.Equal("Status: 201 Created\r\nLocation: /x\r\n\r\n", Sent("Location: /x\nStatus: 201 Created\n\n"));
        Assert.Equal(201, Read("Location: /x\nStatus: 201 Created\n\n").Status);
        Assert.Equal("Status: 307 T\r\nLocation: /x\r\n\r\n", Sent("HTTP/1.1 307 T\nLocation: /x\n\n"));
    }

    [Fact]
    public void The_scripts_own_length_is_kept()
    {
        Assert.Equal("Status: 200 OK\r\nContent-Length: 27\r\n\r\n", Sent("Content-Length: 27\n\n"));
        Assert.Equal("Status: 200 OK\r\ncontent-length: 0\r\n\r\n", Sent("content-length:0\n\n"));
    }

    [Fact]
    public void A_length_given_twice_goes_out_once_if_both_agree_and_is_a_fault_if_not()
    {
        // nginx refuses a duplicate, RFC 9110 section 8.6 lets a recipient take equal ones for one.
        Assert.Equal("Status: 200 OK\r\nContent-Length: 27\r\nA: b\r\n\r\n", Sent("Content-Length: 27\nA: b\nContent-Length: 27\n\n"));
        Assert.NotNull(Fault("Content-Length: 27\nContent-Length: 28\n\n"));
        Assert.NotNull(Fault("Content-Length: 27\nCONTENT-LENGTH: 027\n\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("5,5")]
    [InlineData("5 5")]
    [InlineData("0x5")]
    [InlineData("1e3")]
    [InlineData("five")]
    [InlineData("\xB2")]
    public void A_length_that_is_not_a_number_is_a_fault(string value) => Assert.NotNull(Fault($"Content-Length: {value}\n\n"));

    [Fact]
    public void A_thousand_lines_are_taken_and_one_more_is_a_fault()
    {
        Assert.Null(Fault(string.Concat(Enumerable.Repeat("A: b\n", 1000)) + "\n"));
        Assert.Contains("1000", Fault(string.Concat(Enumerable.Repeat("A: b\n", 1001)) + "\n")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(204, true)]
    [InlineData(304, true)]
    [InlineData(302, false)]
    public void A_status_says_whether_there_is_a_body(int code, bool hasNone) => Assert.Equal(hasNone, Read($"Status: {code}\n\n").HasNoBody);

    [Fact]
    public void The_end_is_the_first_empty_line_and_is_not_found_before_it_is_there()
    {
        foreach (string block in new[] { "A: b\n\n", "A: b\r\n\r\n", "A: b\n\r\n", "A: b\r\n\n", "\n", "\r\n", "A: b\nC: d\n\n" })
        {
            byte[] output = Latin1.Bytes(block + "body\n\nbody");
            for (int length = 0; length < block.Length; length++)
                Assert.False(ResponseHead.TryFindEnd(output.AsSpan(0, length), out _), $"{length} bytes");
            for (int length = block.Length; length <= output.Length; length++)
            {
                Assert.True(ResponseHead.TryFindEnd(output.AsSpan(0, length), out int size));
                Assert.Equal(block.Length, size);
            }
        }
    }

    [Fact]
    public void No_empty_line_is_seen_in_what_only_looks_like_one()
    {
        foreach (string block in new[] { "A: b\r\r\n", "A: b\n \n", "A: b\n\r\r\n", "A: b\n\t\n", "A: b\n\0\n", "A: b\r\rC: d\n" })
            Assert.False(ResponseHead.TryFindEnd(Latin1.Bytes(block), out _));
    }

    [Fact]
    public void A_fault_of_a_header_is_told_on_one_short_line()
    {
        string fault = Fault("<html>\x1B[31m" + new string('x', 5000) + "\n\n")!;
        Assert.InRange(fault.Length, 1, 200);
        Assert.DoesNotContain(fault, char.IsControl);
    }

    private static string Sent(string block) => Latin1.Text(Read(block).ToBytes());

    private static ResponseHead Read(string block)
    {
        ResponseHead head = ResponseHead.Read(Latin1.Bytes(block), out string? fault);
        Assert.Null(fault);
        return head;
    }

    private static string? Fault(string block)
    {
        ResponseHead.Read(Latin1.Bytes(block), out string? fault);
        return fault;
    }
}
