using System.Buffers;
using Shims.Ajp;
using Shims.Testing;

namespace Shims.Tests.Ajp;

public sealed class ResponseWriterTests
{
    [Fact]
    public void A_header_is_written_with_numbers_for_the_names_that_have_one()
    {
        // SEND_HEADERS, 404, "Not Found", two headers: Content-Type by its number, X-A by its name.
        Assert.Equal(
            [
                .. "AB"u8, 0, 42, 4, 0x01, 0x94, 0, 9, .. "Not Found"u8, 0, 0, 2,
                0xA0, 1, 0, 10, .. "text/plain"u8, 0, 0, 3, .. "X-A"u8, 0, 0, 1, .. "b"u8, 0,
            ],
            Head("Status: 404 Not Found\r\nContent-Type: text/plain\r\nX-A: b\r\n\r\n"));
    }

    [Fact]
    public void A_header_is_written_even_if_it_has_no_lines_CVE_2023_34981()
    {
        AjpPacket packet = Assert.Single(AjpPacket.Read(Head("Status: 200 OK\r\n\r\n")));
        Assert.Equal((AjpPacket.SendHeaders, 200), (packet.Type, packet.Number));
    }

    [Theory]
    [InlineData("Location: /a\r\n\r\n", 302, "Found")]
    [InlineData("Status: 200 OK\r\nLocation: /a\r\n\r\n", 200, "OK")]
    [InlineData("Content-Type: text/plain\r\n\r\n", 200, "OK")]
    [InlineData("Status: 404\r\n\r\n", 404, "Not Found")]
    [InlineData("Status: 299 My Own\r\n\r\n", 299, "My Own")]
    public void A_status_is_written_with_its_phrase_and_a_Location_alone_is_a_redirect(string head, int status, string phrase)
    {
        ScriptReply reply = new AjpReply(AjpPacket.Read(Head(head))).Reply;
        Assert.Equal((status, phrase), (reply.Status, reply.Reason));
    }

    [Fact]
    public void Every_name_with_a_number_is_written_by_it_and_read_back()
    {
        string[] names = ["Content-Type", "Content-Language", "Content-Length", "Date", "Last-Modified", "Location", "Set-Cookie", "Set-Cookie2", "Servlet-Engine", "WWW-Authenticate", "X-Other"];
        byte[] bytes = Head($"Status: 200 OK\r\n{string.Concat(names.Select(name => $"{name.ToLowerInvariant()}: 7\r\n"))}\r\n");
        Assert.Equal(10, CountOf(bytes, 0xA0));
        Assert.Equal(names, new AjpReply(AjpPacket.Read(bytes)).Reply.Headers.Skip(1).Select(header => header.Key == "x-other" ? "X-Other" : header.Key));
    }

    [Fact]
    public void What_belongs_to_one_hop_is_left_out()
    {
        ScriptReply reply = new AjpReply(AjpPacket.Read(Head("Status: 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nTE: x\r\nTrailer: y\r\nX-A: b\r\n\r\n"))).Reply;
        Assert.Equal(["Status", "X-A"], reply.Headers.Select(header => header.Key));
    }

    [Fact]
    public void Control_characters_are_refused_wherever_they_stand_CVE_2026_28780_CVE_2026_33857()
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] head = [.. "Status: 200 OK\r\nX-A: a"u8, (byte)value, .. "b\r\n\r\n"u8];
            bool isControl = value is < ' ' and not '\t' or 0x7f;
            OperationStatus status = ResponseWriter.TryWriteHead(head, new byte[8192], out int written);
            Assert.Equal(isControl ? OperationStatus.InvalidData : OperationStatus.Done, status);
            Assert.Equal(isControl, written == 0);
        }
        foreach (string bad in new[] { "", "X-A: b\r\n", "Status: 99\r\n\r\n", "Status: x\r\n\r\n", "no header\r\n\r\n", ": b\r\n\r\n" })
            Assert.Equal(OperationStatus.InvalidData, ResponseWriter.TryWriteHead(Latin1.Bytes(bad), new byte[8192], out _));
    }

    [Fact]
    public void A_header_fits_into_a_packet_of_8_KiB_or_is_refused()
    {
        // Before the value: header 4, type 1, status 2, "OK" 5, count 2, name 6, length 2; after it the NUL.
        int longest = 8192 - 4 - 1 - 2 - 5 - 2 - 6 - 2 - 1;
        Assert.Equal(8192, Head($"Status: 200 OK\r\nX-A: {new string('v', longest)}\r\n\r\n").Length);
        Assert.Equal(OperationStatus.DestinationTooSmall, ResponseWriter.TryWriteHead(Latin1.Bytes($"Status: 200 OK\r\nX-A: {new string('v', longest + 1)}\r\n\r\n"), new byte[8192], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void A_chunk_has_its_length_and_a_NUL_and_the_longest_fills_a_packet_of_8_KiB_CVE_2026_34032_CVE_2026_34059()
    {
        byte[] destination = new byte[8192];
        Assert.Equal(8192, ResponseWriter.WriteChunk(destination, new byte[ResponseWriter.MaxChunk]));
        Assert.Equal(8184, ResponseWriter.MaxChunk);
        Assert.Equal(8184, Assert.Single(AjpPacket.Read(destination)).Chunk.Length);
        int length = ResponseWriter.WriteChunk(destination, "abc"u8);
        Assert.Equal([.. "AB"u8, 0, 7, 3, 0, 3, .. "abc"u8, 0], destination[..length]);
        length = ResponseWriter.WriteChunk(destination, default);
        Assert.Equal([.. "AB"u8, 0, 4, 3, 0, 0, 0], destination[..length]);
    }

    [Fact]
    public void The_other_packets_are_what_the_specification_shows()
    {
        byte[] destination = new byte[16];
        Assert.Equal([.. "AB"u8, 0, 2, 5, 1], destination[..ResponseWriter.WriteEnd(destination, isReused: true)]);
        Assert.Equal([.. "AB"u8, 0, 2, 5, 0], destination[..ResponseWriter.WriteEnd(destination, isReused: false)]);
        Assert.Equal([.. "AB"u8, 0, 3, 6, 0x1F, 0xFA], destination[..ResponseWriter.WriteAsk(destination, 8186)]);
        Assert.Equal([.. "AB"u8, 0, 1, 9], destination[..ResponseWriter.WritePong(destination)]);
    }

    [Fact]
    public void A_page_for_a_request_that_has_not_been_read_is_a_whole_response_after_which_nothing_comes()
    {
        var reply = new AjpReply(AjpPacket.Read(PagePackets.Of([.. "Status: 500 Oops\r\n\r\n"u8, .. new byte[20_000]])));
        Assert.Equal((true, false, 500, 20_000), (reply.IsComplete, reply.IsReused, reply.Status, reply.Reply.BodyBytes.Length));
    }

    private static byte[] Head(string head)
    {
        byte[] destination = new byte[8192];
        Assert.Equal(OperationStatus.Done, ResponseWriter.TryWriteHead(Latin1.Bytes(head), destination, out int written));
        return destination[..written];
    }

    private static int CountOf(byte[] bytes, byte value) => bytes.Count(next => next == value);
}
