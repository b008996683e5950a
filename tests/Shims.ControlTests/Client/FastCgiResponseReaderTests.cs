using System.Text;
using Shims.Control.Client;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.ControlTests.Client;

/// <summary>FastCGI responses, complete and truncated. The records are written byte by byte, by FastCGI 1.0 section 3.3.</summary>
public sealed class FastCgiResponseReaderTests : IDisposable
{
    private const int EndRequest = 3, Stdout = 6, Stderr = 7, GetValuesResult = 10, UnknownType = 11;
    private const string Head = "Content-Type: text/plain\r\n\r\n";

    private readonly ScriptedPeer _peer = new();

    private static byte[] End => Record(EndRequest, [0, 0, 0, 3, 0, 0, 0, 0]);

    private static byte[] Whole => [.. Record(Stdout, Head + "hello"), .. Record(Stdout, ""), .. End];

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task FastCGI_response_is_the_same_when_it_arrives_byte_by_byte()
    {
        (GatewayResponse response, byte[] body) = await AskAsync([.. Whole.Select(next => new[] { next })]);
        Assert.Equal("hello"u8, body);
        Assert.Equal((200, ResponseEnd.Clean, null), (response.Head!.Status, response.End, response.Fault));
        Assert.Equal(new EndRequestBody(3, ProtocolStatus.RequestComplete), response.EndRequest);
    }

    [Fact]
    public async Task FastCGI_response_that_is_cut_off_at_any_byte_is_reported_as_truncated()
    {
        byte[] whole = Whole;
        int headRecord = RecordHeader.Size + Head.Length + 5;
        for (int length = 0; length < whole.Length; length++)
        {
            (GatewayResponse response, byte[] body) = await AskAsync(whole[..length]);
            // The content of an incomplete record is not part of the response.
            PeerFault expected = length == 0 ? ResponseFaults.NoResponse : ResponseFaults.Truncated;
            Assert.Equal((length, expected, ResponseEnd.Early), (length, response.Fault, response.End));
            Assert.Equal(length >= headRecord ? "hello" : "", Encoding.ASCII.GetString(body));
        }
    }

    [Theory, InlineData(1), InlineData(7), InlineData(255)]
    public async Task FastCGI_padding_is_not_part_of_the_response(int padding)
    {
        (GatewayResponse response, byte[] body) = await AskAsync(Record(Stdout, Head + "he", padding: padding), Record(Stdout, "llo", padding: padding), Record(Stdout, "", padding: padding), End);
        Assert.Equal(("hello", null), (Encoding.ASCII.GetString(body), response.Fault));
    }

    [Fact]
    public async Task FastCGI_records_of_the_maximum_size_are_accepted()
    {
        byte[] half = new byte[65535];
        new Random(1).NextBytes(half);
        (GatewayResponse response, byte[] body) = await AskAsync([.. Record(Stdout, Head), .. Record(Stdout, half, padding: 255), .. Record(Stdout, half, padding: 255), .. End]);
        Assert.Equal([.. half, .. half], body);
        Assert.Null(response.Fault);
    }

    [Fact]
    public async Task FastCGI_response_that_ends_when_the_buffer_is_full_is_reported_as_truncated()
    {
        (GatewayResponse response, byte[] body) = await AskAsync(Record(Stdout, Head + new string('x', 65535 - Head.Length), padding: 255));
        Assert.Equal(65535 - Head.Length, body.Length);
        Assert.Equal(ResponseFaults.Truncated, response.Fault);
    }

    [Fact]
    public async Task FastCGI_stderr_records_are_separated_from_the_response()
    {
        (GatewayResponse response, byte[] body) = await AskAsync([
            .. Record(Stderr, "one "), .. Record(Stdout, Head + "he"), .. Record(Stderr, "two"), .. Record(Stdout, "llo"), .. Record(Stderr, ""), .. Record(Stdout, ""), .. End]);
        Assert.Equal(("hello", "one two", ResponseEnd.Clean), (Encoding.ASCII.GetString(body), response.StandardError, response.End));
    }

    [Fact]
    public async Task FastCGI_response_with_only_stderr_records_is_empty()
    {
        (GatewayResponse response, _) = await AskAsync(Record(Stderr, "oops"), End);
        Assert.Equal(("oops", ResponseFaults.Empty, ResponseEnd.Early), (response.StandardError, response.Fault, response.End));
    }

    [Theory, InlineData(GetValuesResult), InlineData(UnknownType)]
    public async Task FastCGI_management_records_in_the_response_are_skipped(int type)
    {
        (GatewayResponse response, byte[] body) = await AskAsync(Record(type, new byte[8], id: 0), Whole);
        Assert.Equal(("hello", null), (Encoding.ASCII.GetString(body), response.Fault));
    }

    [Theory, InlineData(Stdout, 2), InlineData(Stdout, 0), InlineData(EndRequest, 256), InlineData(UnknownType, 2), InlineData(99, 0)]
    public async Task FastCGI_record_with_another_request_id_is_a_protocol_error(int type, int id)
    {
        (GatewayResponse response, byte[] body) = await AskAsync([.. Record(Stdout, Head + "he"), .. Record(type, "llo", id: id), .. End]);
        Assert.Equal(("he", ResponseEnd.Malformed), (Encoding.ASCII.GetString(body), response.End));
        Assert.Equal(ResponseFaults.ForOtherRequest(id), response.Fault);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(4), InlineData(5), InlineData(8), InlineData(9), InlineData(GetValuesResult), InlineData(UnknownType), InlineData(12), InlineData(255)]
    public async Task FastCGI_record_type_that_an_application_may_not_send_is_a_protocol_error(int type)
    {
        (GatewayResponse response, _) = await AskAsync([.. Record(Stdout, Head), .. Record(type, "x"), .. End]);
        Assert.Equal((ResponseFaults.UnknownRecord(type), ResponseEnd.Malformed), (response.Fault, response.End));
    }

    [Theory, InlineData(0), InlineData(7), InlineData(9)]
    public async Task FastCGI_END_REQUEST_of_a_wrong_size_is_a_protocol_error(int size)
    {
        (GatewayResponse response, _) = await AskAsync(Record(Stdout, Head), Record(EndRequest, new byte[size]));
        Assert.Equal((ResponseFaults.EndRequestOfWrongSize(size), ResponseEnd.Malformed), (response.Fault, response.End));
    }

    [Theory, InlineData(1, "CANT_MPX_CONN"), InlineData(2, "OVERLOADED"), InlineData(3, "UNKNOWN_ROLE"), InlineData(4, "does not exist")]
    public async Task FastCGI_protocol_status_of_a_refused_request_is_named_in_the_error(int status, string expected)
    {
        (GatewayResponse response, _) = await AskAsync(Record(EndRequest, [0, 0, 0, 0, (byte)status, 0, 0, 0]));
        Assert.Equal(ResponseEnd.Refused, response.End);
        Assert.Contains(expected, response.Fault!.Cause, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task FastCGI_record_of_another_version_is_malformed(bool comesWithTheOneBefore)
    {
        byte[] good = Record(Stdout, Head + "he"), bad = Record(Stdout, "llo");
        bad[0] = 2;
        (GatewayResponse response, byte[] body) = await AskAsync(comesWithTheOneBefore ? [[.. good, .. bad, .. End]] : [good, bad, End]);
        Assert.Equal(("he", ResponseFaults.NotARecord, ResponseEnd.Malformed), (Encoding.ASCII.GetString(body), response.Fault, response.End));
    }

    [Theory, InlineData("HTTP/1.1 400 Bad Request\r\n", "use curl"), InlineData("Content-Type: text/plain\n\nx", "use --scgi"), InlineData("\0", "speaks SCGI")]
    public async Task FastCGI_reader_recognises_SCGI_and_HTTP_responses(string answer, string cure)
    {
        (GatewayResponse response, _) = await AskAsync(Encoding.Latin1.GetBytes(answer));
        Assert.Equal(ResponseEnd.Malformed, response.End);
        Assert.Contains(cure, response.Fault!.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FastCGI_response_header_has_a_maximum_length()
    {
        byte[] record = Record(Stdout, new string('x', 65535));
        (GatewayResponse response, _) = await AskAsync([.. Enumerable.Repeat(record, 5), End]);
        Assert.Equal(ResponseFaults.HeadTooLong, response.Fault);
    }

    [Fact]
    public async Task FastCGI_response_ends_at_END_REQUEST()
    {
        (GatewayResponse response, byte[] body) = await AskAsync([.. Whole, .. Record(Stdout, "more"), 99]);
        Assert.Equal(("hello", ResponseEnd.Clean), (Encoding.ASCII.GetString(body), response.End));
    }

    private static byte[] Record(int type, string content, int id = 1, int padding = 0) => Record(type, Encoding.ASCII.GetBytes(content), id, padding);

    private static byte[] Record(int type, byte[] content, int id = 1, int padding = 0) =>
        [1, (byte)type, (byte)(id >> 8), (byte)id, (byte)(content.Length >> 8), (byte)content.Length, (byte)padding, 0, .. content, .. Enumerable.Repeat((byte)0xEE, padding)];

    private Task<(GatewayResponse Response, byte[] Body)> AskAsync(params byte[][] pieces) => _peer.AskAsync(Protocols.FastCgi, pieces);
}
