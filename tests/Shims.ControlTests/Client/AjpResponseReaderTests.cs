using System.Text;
using Shims.Control.Client;
using Shims.Gateway.Connections;

namespace Shims.ControlTests.Client;

/// <summary>AJP13 responses, complete and truncated. The packets are written byte by byte, by AJPv13 "Response Packet Structure".</summary>
public sealed class AjpResponseReaderTests : IDisposable
{
    private readonly ScriptedPeer _peer = new();

    /// <summary>404 "Gone away", Content-Type: text/plain by its number, X-A: b by its name.</summary>
    private static byte[] Head => Packet([4, 1, 0x94, 0, 9, .. "Gone away\0"u8, 0, 2, 0xA0, 1, 0, 10, .. "text/plain\0"u8, 0, 3, .. "X-A\0"u8, 0, 1, .. "b\0"u8]);

    private static byte[] End => Packet([5, 1]);

    private static byte[] Whole => [.. Head, .. Chunk("bo"), .. Chunk(""), .. Chunk("dy"), .. End];

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task AJP13_response_is_the_same_when_it_arrives_byte_by_byte()
    {
        (GatewayResponse response, byte[] body) = await AskAsync([.. Whole.Select(next => new[] { next })]);
        Assert.Equal("body"u8, body);
        Assert.Equal((404, ResponseEnd.Clean, null), (response.Head!.Status, response.End, response.Fault));
        Assert.Equal(("text/plain", "b"), (response.Head.Find("Content-Type"), response.Head.Find("X-A")));
        Assert.StartsWith("Status: 404 Gone away\r\n", Encoding.ASCII.GetString(response.Head.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJP13_response_that_is_cut_off_at_any_byte_is_reported_as_truncated()
    {
        byte[] whole = Whole;
        for (int length = 0; length < whole.Length; length++)
        {
            (GatewayResponse response, _) = await AskAsync(whole[..length]);
            Assert.Equal((length, length == 0 ? ResponseFaults.NoResponse : ResponseFaults.Truncated, ResponseEnd.Early), (length, response.Fault, response.End));
        }
    }

    [Fact]
    public async Task AJP13_response_without_headers_is_empty() =>
        Assert.Equal(ResponseFaults.Empty, (await AskAsync(End)).Response.Fault);

    [Fact]
    public async Task Bytes_after_the_end_of_an_AJP13_response_are_a_fault() =>
        Assert.Equal(ResponseFaults.BytesAfterEnd(7), (await AskAsync([.. Whole, .. Chunk("")[..7]])).Response.Fault);

    [Fact]
    public async Task A_chunk_without_its_NUL_or_with_another_length_is_a_fault()
    {
        Assert.Equal(ResponseFaults.ChunkOfWrongSize(3, 3), (await AskAsync([.. Head, .. Packet([3, 0, 3, .. "abc"u8]), .. End])).Response.Fault);
        Assert.Equal(ResponseFaults.ChunkOfWrongSize(2, 4), (await AskAsync([.. Head, .. Packet([3, 0, 2, .. "abc\0"u8]), .. End])).Response.Fault);
    }

    [Fact]
    public async Task Packets_that_may_not_come_are_faults()
    {
        foreach (byte[] packets in (byte[][])[[.. Head, .. Head], Chunk("x"), Packet([9]), Packet([77]), Packet([]), Packet([4, 0, 200]), Packet([4, 0, 200, 0, 0, 0, 0, 1, 0xA0, 99])])
            Assert.Equal(ResponseEnd.Malformed, (await AskAsync([.. packets, .. End])).Response.End);
    }

    [Fact]
    public async Task AJP13_reader_recognises_other_protocols()
    {
        Assert.Equal(ResponseFaults.SpeaksOther(Protocols.FastCgi, Protocols.Ajp13), (await AskAsync([1])).Response.Fault);
        Assert.Equal(ResponseFaults.SpeaksOther(Protocols.Scgi, Protocols.Ajp13), (await AskAsync([.. "Status: 200\n\n"u8])).Response.Fault);
        Assert.Equal(ResponseFaults.SpeaksHttp, (await AskAsync([.. "HTTP/1.1 200 OK\r\n\r\n"u8])).Response.Fault);
        Assert.Equal(ResponseFaults.NotAPacket, (await AskAsync([200])).Response.Fault);
    }

    [Fact]
    public async Task Readers_of_other_protocols_recognise_AJP13()
    {
        foreach (Protocol protocol in Protocols.All)
            Assert.Equal(ResponseFaults.SpeaksOther(Protocols.Ajp13, protocol), (await _peer.AskAsync(protocol, [Whole])).Response.Fault);
    }

    private static byte[] Chunk(string text) => Packet([3, 0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text), 0]);

    private static byte[] Packet(byte[] payload) => [(byte)'A', (byte)'B', (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    private Task<(GatewayResponse Response, byte[] Body)> AskAsync(params byte[][] pieces) => _peer.AskAsync(Protocols.Ajp13, pieces);
}
