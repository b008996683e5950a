using System.Text;
using Shims.Control.Client;
using Shims.Gateway.Connections;

namespace Shims.ControlTests.Client;

/// <summary>SCGI responses, complete and truncated.</summary>
public sealed class RawResponseReaderTests : IDisposable
{
    private const string Head = "Status: 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";

    private readonly ScriptedPeer _peer = new();

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task SCGI_response_is_the_same_when_it_arrives_byte_by_byte()
    {
        (GatewayResponse response, byte[] body) = await AskAsync([.. Encoding.Latin1.GetBytes(Head + "hello").Select(next => new[] { next })]);
        Assert.Equal("hello"u8, body);
        Assert.Equal((404, ResponseEnd.Clean, null), (response.Head!.Status, response.End, response.Fault));
        Assert.Equal("text/plain", response.Head.Find("Content-Type"));
    }

    [Fact]
    public async Task SCGI_response_that_is_cut_off_at_any_byte_is_reported_as_truncated()
    {
        for (int length = 0; length < Head.Length + 5; length++)
        {
            (GatewayResponse response, byte[] body) = await AskAsync(Encoding.Latin1.GetBytes((Head + "hello")[..length]));
            PeerFault expected = length == 0 ? ResponseFaults.NoResponse : length < Head.Length ? ResponseFaults.HeadUnfinished : ResponseFaults.TooShort(5, length - Head.Length);
            Assert.Equal((length, expected, ResponseEnd.Early), (length, response.Fault, response.End));
            Assert.Equal(Math.Max(0, length - Head.Length), body.Length);
            Assert.Equal(length < Head.Length ? length : 0, response.Unfinished.Length);
        }
    }

    [Theory]
    [InlineData("Status: 204 No Content\nContent-Length: 5\n\n", ResponseEnd.Clean)]
    [InlineData("Content-Type: text/plain\nContent-Length: 5\n\n", ResponseEnd.Early)]
    [InlineData("Content-Type: text/plain\nContent-Length: 0\n\n", ResponseEnd.Clean)]
    [InlineData("Content-Type: text/plain\nContent-Length: many\n\n", ResponseEnd.Clean)]
    [InlineData("Content-Type: text/plain\n\n", ResponseEnd.Clean)]
    public async Task SCGI_response_is_too_short_only_if_Content_Length_announces_a_body_that_the_status_allows(string head, object end)
    {
        (GatewayResponse response, byte[] body) = await AskAsync(Encoding.Latin1.GetBytes(head));
        Assert.Empty(body);
        Assert.Equal(end, response.End);
    }

    [Theory]
    [InlineData(GatewayResponse.MaxHead - 1000, true)]
    [InlineData(GatewayResponse.MaxHead + 1, false)]
    public async Task SCGI_response_header_has_a_maximum_length(int length, bool isTaken)
    {
        string head = $"X-Long: {new string('x', length)}\n\n";
        (GatewayResponse response, _) = await AskAsync(Encoding.Latin1.GetBytes(head));
        Assert.Equal(isTaken, response.Head is not null);
        Assert.Equal(isTaken ? null : ResponseFaults.HeadTooLong, response.Fault);
    }

    [Fact]
    public async Task SCGI_reader_recognises_a_FastCGI_response_by_its_first_byte()
    {
        (GatewayResponse response, _) = await AskAsync([1]);
        Assert.Equal((ResponseFaults.SpeaksOther(Protocols.FastCgi, Protocols.Scgi), ResponseEnd.Malformed), (response.Fault, response.End));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nX-A: b\r\n\r\n", 404)]
    [InlineData("HTTP/1.0 200 OK\n\n", 200)]
    [InlineData("Status: 404 Not Found\r\n\r\n", 404)]
    public async Task Uwsgi_response_begins_with_a_status_line_or_as_one_of_CGI(string head, int status)
    {
        (GatewayResponse response, byte[] body) = await _peer.AskAsync(Protocols.Uwsgi, [Encoding.Latin1.GetBytes(head + "hello")]);
        Assert.Equal("hello"u8, body);
        Assert.Equal((status, ResponseEnd.Clean, null), (response.Head!.Status, response.End, response.Fault));
        Assert.Equal(head, Encoding.Latin1.GetString(response.Head.Raw));
    }

    [Fact]
    public async Task Uwsgi_response_with_a_status_line_without_a_status_is_refused() =>
        Assert.NotNull((await _peer.AskAsync(Protocols.Uwsgi, ["HTTP/1.1 ok\r\n\r\n"u8.ToArray()])).Response.Fault);

    private Task<(GatewayResponse Response, byte[] Body)> AskAsync(params byte[][] pieces) => _peer.AskAsync(Protocols.Scgi, pieces);
}
