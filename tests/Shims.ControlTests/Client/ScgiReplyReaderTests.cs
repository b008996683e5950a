using System.Text;
using Shims.Control.Client;
using Shims.Gateway.Connections;

namespace Shims.ControlTests.Client;

/// <summary>Replies by SCGI, whole and broken.</summary>
public sealed class ScgiReplyReaderTests : IDisposable
{
    private const string Head = "Status: 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";

    private readonly ScriptedPeer _peer = new();

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task A_reply_in_pieces_of_one_byte_is_the_same_reply()
    {
        (GatewayReply reply, byte[] body) = await AskAsync([.. Encoding.Latin1.GetBytes(Head + "hello").Select(next => new[] { next })]);
        Assert.Equal("hello"u8, body);
        Assert.Equal((404, ReplyEnd.Clean, null), (reply.Head!.Status, reply.End, reply.Fault));
        Assert.Equal("text/plain", reply.Head.Find("Content-Type"));
    }

    [Fact]
    public async Task A_reply_that_is_cut_off_is_told_at_every_byte()
    {
        for (int length = 0; length < Head.Length + 5; length++)
        {
            (GatewayReply reply, byte[] body) = await AskAsync(Encoding.Latin1.GetBytes((Head + "hello")[..length]));
            PeerFault expected = length == 0 ? ReplyFaults.Silent : length < Head.Length ? ReplyFaults.HeadUnfinished : ReplyFaults.TooShort(5, length - Head.Length);
            Assert.Equal((length, expected, ReplyEnd.Early), (length, reply.Fault, reply.End));
            Assert.Equal(Math.Max(0, length - Head.Length), body.Length);
            Assert.Equal(length < Head.Length ? length : 0, reply.Unfinished.Length);
        }
    }

    [Theory]
    [InlineData("Status: 204 No Content\nContent-Length: 5\n\n", ReplyEnd.Clean)]
    [InlineData("Content-Type: text/plain\nContent-Length: 5\n\n", ReplyEnd.Early)]
    [InlineData("Content-Type: text/plain\nContent-Length: 0\n\n", ReplyEnd.Clean)]
    [InlineData("Content-Type: text/plain\nContent-Length: many\n\n", ReplyEnd.Clean)]
    [InlineData("Content-Type: text/plain\n\n", ReplyEnd.Clean)]
    public async Task A_body_is_missing_only_where_one_is_announced_and_can_be(string head, object end)
    {
        (GatewayReply reply, byte[] body) = await AskAsync(Encoding.Latin1.GetBytes(head));
        Assert.Empty(body);
        Assert.Equal(end, reply.End);
    }

    [Theory]
    [InlineData(GatewayReply.MaxHead - 1000, true)]
    [InlineData(GatewayReply.MaxHead + 1, false)]
    public async Task A_header_is_taken_up_to_a_bound(int length, bool isTaken)
    {
        string head = $"X-Long: {new string('x', length)}\n\n";
        (GatewayReply reply, _) = await AskAsync(Encoding.Latin1.GetBytes(head));
        Assert.Equal(isTaken, reply.Head is not null);
        Assert.Equal(isTaken ? null : ReplyFaults.HeadTooLong, reply.Fault);
    }

    [Fact]
    public async Task FastCGI_is_told_apart_by_its_first_byte()
    {
        (GatewayReply reply, _) = await AskAsync([1]);
        Assert.Equal((ReplyFaults.AnswersInFastCgi, ReplyEnd.Malformed), (reply.Fault, reply.End));
    }

    private Task<(GatewayReply Reply, byte[] Body)> AskAsync(params byte[][] pieces) => _peer.AskAsync(Protocols.Scgi, pieces);
}
