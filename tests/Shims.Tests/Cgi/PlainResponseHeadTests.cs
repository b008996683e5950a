using System.Text;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

/// <summary>The short way of reading a response's header gives what the long way gives, or nothing.</summary>
public sealed class PlainResponseHeadTests
{
    private static readonly string[] s_usual =
    [
        "Content-Type: text/plain\n\n",
        "Content-Type: text/plain\r\n\r\n",
        "content-type:text/html ; charset=utf-8 \r\nX-A:\t b \nX-A: c\n\n",
        "X-Bytes: \u00ff\u0080\n\n",
        "X-Empty:\n\n",
    ];

    private static readonly string[] s_unusual =
    [
        "\n", "\r\n", "no header\n\n", "A B: c\n\n", ": c\n\n", "X: a\rb\n\n", "X: a\0b\n\n", " X: continued\n\n", "HTTP/1.1 200 OK\n\n",
        "Location: /elsewhere\n\n", "Status: 302 Found\nLocation: http://x/\n\n", "Status: 204 No Content\n\n", "Status: 304 Not Modified\n\n", "Status: 200\n\n", "Status: 404 Not Found\nContent-Type: text/plain\n\n", "Connection: close\nContent-Type: text/plain\n\n", "Status: 20x OK\n\n", "Status: 100 Continue\n\n",
        "Status: 200 OK\nStatus: 404 Not Found\n\n", "Content-Length: 4\n\n", "Content-Type: text/plain\nContent-Length: 5\n\n", "Content-Length: x\n\n", "Content-Length:\n\n", "Content-Length: 5\nContent-Length: 5\n\n", "Content-Length: 99999999999999999999\n\n",
        "Transfer-Encoding: chunked\n\n", "x-request-id: 1\n\n", "X: a\u0001b\n\n", "X: a\u007Fb\n\n",
    ];

    private static readonly byte[] s_id = [.. "0123abcd"u8];

    [Fact]
    public void PlainResponseHead_matches_ResponseHead()
    {
        foreach (string block in s_usual)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(block);
            byte[] destination = new byte[500];
            Assert.True(PlainResponseHead.TryWrite(bytes, s_id, destination, out int length), block);
            Assert.Equal(ResponseHead.Read(bytes, out string? fault).ToBytes("0123abcd"), destination[..length]);
            Assert.Null(fault);
        }
    }

    [Fact]
    public void All_else_is_left_to_the_long_way()
    {
        foreach (string block in s_unusual)
            Assert.False(PlainResponseHead.TryWrite(Encoding.Latin1.GetBytes(block), s_id, new byte[500], out _), block);
    }

    [Fact]
    public void A_header_that_does_not_fit_is_left_to_the_long_way()
    {
        byte[] block = Encoding.Latin1.GetBytes(s_usual[0]);
        int whole = ResponseHead.Read(block, out _).ToBytes("0123abcd").Length;
        for (int room = 0; room < whole; room++)
            Assert.False(PlainResponseHead.TryWrite(block, s_id, new byte[room], out _));
        Assert.True(PlainResponseHead.TryWrite(block, s_id, new byte[whole], out _));
    }

    [Fact]
    public void PlainResponseHead_leaves_a_header_of_too_many_lines_to_ResponseHead()
    {
        byte[] most = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("X: y\n", ResponseHead.MaxLines)) + "\n");
        byte[] more = [.. "X: y\n"u8, .. most];
        Assert.True(PlainResponseHead.TryWrite(most, s_id, new byte[20_000], out _));
        Assert.False(PlainResponseHead.TryWrite(more, s_id, new byte[20_000], out _));
    }
}
