using System.Net.Sockets;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>How requests of a FastCGI connection end: early, late, twice or never, whole or broken off, with room in the socket or none.</summary>
public sealed class FastCgiEndTests
{
    private static readonly RequestVariables s_get = RequestVariables.For("GET", "/script"), s_post = RequestVariables.For("POST", "/script");

    [Theory, InlineData(true), InlineData(false)]
    public void A_response_that_breaks_off_is_a_reset_after_what_was_sent_of_it(bool isKept)
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send(FastCgiClient.Encode(s_post, new byte[100], keepConnection: isKept));
        wire.Responder.Response!.BreakOff();
        List<FastCgiRecord> records = FastCgiSplitTests.Records(wire);
        Assert.Equal(10, Assert.Single(records, record => record.Type == FastCgiRecordType.Stdout).Content.Length);
        Assert.DoesNotContain(records, record => record.Type == FastCgiRecordType.EndRequest);
        Assert.Equal(SocketError.ConnectionReset, wire.WhatComesLast);
    }

    [Fact]
    public void A_response_that_breaks_off_takes_nothing_of_others_and_is_a_reset_after_them()
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send([.. FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true), .. FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true)]);
        wire.Responder.Responses[0].BreakOff();
        Assert.Equal(SocketError.WouldBlock, WhatComesAfterAll(wire));
        wire.Responder.Responses[1].Write(1000);
        // The reset waits until the web server has the other response.
        wire.Pass(Limits.BreakLook);
        Assert.False(wire.IsClosed);
        Assert.Equal([2], FastCgiSplitTests.Records(wire).Where(record => record.Type == FastCgiRecordType.EndRequest).Select(record => record.RequestId));
        wire.Pass(Limits.BreakLook);
        Assert.Equal(SocketError.ConnectionReset, wire.WhatComesLast);
    }

    [Fact]
    public void The_end_of_a_request_is_read_before_the_next_one_on_a_kept_connection()
    {
        using var wire = new Wire(Protocols.FastCgi);
        for (int id = 1; id <= 3; id++)
        {
            wire.Send(FastCgiClient.Encode(s_post, new byte[id * 1000], requestId: id, keepConnection: true));
            wire.Responder.Response!.Write(10);
            Assert.Equal([id], Ended(wire));
            Assert.Equal(ConnectionPhase.Idle, wire.Connection.Phase);
        }
        wire.EndSending();
        Assert.Equal((true, SocketError.Success), (wire.IsClosed, wire.WhatComesLast));
    }

    [Fact]
    public void A_web_server_that_sends_no_more_gets_the_whole_response_and_an_orderly_end()
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send(FastCgiClient.Encode(s_post, new byte[1000], keepConnection: true));
        wire.EndSending();
        Assert.False(wire.IsClosed);
        wire.Responder.Response!.Write(10);
        Assert.Equal([1], Ended(wire));
        Assert.Equal((true, SocketError.Success), (wire.IsClosed, wire.WhatComesLast));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(16), InlineData(20)]
    public void A_web_server_that_sends_no_more_gets_the_responses_to_its_whole_requests_and_a_reset_for_the_one_that_it_has_only_begun(int length)
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send([.. FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true), .. FastCgiClient.Encode(s_post, new byte[100], requestId: 2, keepConnection: true)[..length]]);
        wire.EndSending();
        Assert.False(wire.IsClosed);
        wire.Responder.Response!.Write(1000);
        Assert.Equal([1], Ended(wire));
        wire.Pass(Limits.BreakLook);
        // Over a unix socket only what has not been read makes it a reset, and a whole BEGIN_REQUEST has been.
        Assert.Equal((true, length is 0 or 16 ? SocketError.Success : SocketError.ConnectionReset), (wire.IsClosed, wire.WhatComesLast));
    }

    [Fact]
    public void A_stream_that_ends_before_the_variables_do_is_whole()
    {
        using var wire = new Wire(Protocols.FastCgi);
        Send(wire, [FastCgiClient.Begin(), .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[5])]);
        Send(wire, FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(s_post.ForFastCgi(5))));
        Assert.Equal(5, wire.Responder.Response!.Body.Length);
        wire.Responder.Response.Write(10);
        Assert.Equal([1], Ended(wire));
        Assert.Equal(SocketError.Success, wire.WhatComesLast);
    }

    [Theory]
    [InlineData(FastCgiRecordType.Params)]
    [InlineData(FastCgiRecordType.Stdin)]
    [InlineData(FastCgiRecordType.Data)]
    public void A_stream_that_ends_twice_ends_once(FastCgiRecordType type)
    {
        using var wire = new Wire(Protocols.FastCgi);
        byte[] request = [.. FastCgiClient.Encode(s_post, "abc"u8.ToArray(), role: FastCgiClient.Filter, keepConnection: true), .. FastCgiSplitTests.Bytes(FastCgiClient.Stream(FastCgiRecordType.Data, 1, "def"u8.ToArray()))];
        wire.Send(request);
        Send(wire, new FastCgiRecord(type, 1, []));
        ScriptedResponse answer = Assert.Single(wire.Responder.Responses);
        Assert.Equal(("abc", "def"), (Latin1.Text(answer.Body), Latin1.Text(answer.Data)));
        answer.Write(10);
        Assert.Equal([1], Ended(wire));
        Send(wire, new FastCgiRecord(type, 1, []));
        wire.Send(FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true));
        wire.Responder.Response!.Write(10);
        Assert.Equal([1], Ended(wire));
    }

    [Fact]
    public void A_body_that_ends_too_early_is_refused_in_whole_records()
    {
        using var wire = new Wire(Protocols.FastCgi);
        Send(wire, [FastCgiClient.Begin(), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(s_post.ForFastCgi(10))), .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[9])]);
        List<FastCgiRecord> records = FastCgiSplitTests.Records(wire);
        Assert.StartsWith("Status: 400", Latin1.Text(records.First(record => record.Type == FastCgiRecordType.Stdout).Content), StringComparison.Ordinal);
        Assert.Equal(FastCgiRecordType.EndRequest, records[^1].Type);
        Assert.Equal(SocketError.Success, wire.WhatComesLast);
    }

    [Fact]
    public void A_body_that_never_ends_is_given_up_and_its_end_is_ignored_when_it_comes_after_all()
    {
        using var wire = new Wire(Protocols.FastCgi);
        Send(wire, [FastCgiClient.Begin(keepConnection: true), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(s_post.ForFastCgi(10)))]);
        wire.Pass(Limits.DefaultProgressSeconds * 1000L);
        Assert.True(wire.Responder.Response!.IsAbandoned);
        Assert.Equal([1], Ended(wire));
        Send(wire, FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[10]));
        wire.Send(FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true));
        wire.Responder.Response!.Write(10);
        Assert.Equal([2], Ended(wire));
    }

    [Fact]
    public void A_request_that_is_aborted_while_nothing_can_be_sent_ends_after_what_was_queued_and_others_go_on()
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send([.. FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true), .. FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true)]);
        wire.Responder.Responses[0].Write(3_000_000);
        Send(wire, FastCgiClient.Abort());
        Assert.True(wire.Responder.Responses[0].IsAbandoned);
        wire.Responder.Responses[1].Write(1_000_000);
        List<FastCgiRecord> records = FastCgiSplitTests.Records(wire);
        Assert.Equal([1, 2], records.Where(record => record.Type == FastCgiRecordType.EndRequest).Select(record => record.RequestId));
        Assert.Equal(1_000_000, records.Where(record => record.Type == FastCgiRecordType.Stdout && record.RequestId == 2).Sum(record => record.Content.Length));
        Assert.DoesNotContain(records.SkipWhile(record => record.Type != FastCgiRecordType.EndRequest), record => record is { Type: FastCgiRecordType.Stdout, RequestId: 1 });
    }

    [Fact]
    public void With_a_full_socket_one_way_requests_come_in_the_other_way()
    {
        using var wire = new Wire(Protocols.FastCgi);
        wire.Send(FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true));
        wire.Responder.Response!.Write(3_000_000);
        byte[] body = new byte[2_000_000];
        byte[] second = FastCgiClient.Encode(s_post, body, requestId: 2, keepConnection: true);
        Assert.Equal(second.Length, SendAll(wire, second));
        wire.Responder.Responses[1].Write(wire.Responder.Responses[1].Body);
        List<FastCgiRecord> records = FastCgiSplitTests.Records(wire);
        Assert.Equal((3_000_000, body.Length), (Sum(1), Sum(2)));
        Assert.Equal(ConnectionPhase.Idle, wire.Connection.Phase);

        int Sum(int id) => records.Where(record => record.Type == FastCgiRecordType.Stdout && record.RequestId == id).Sum(record => record.Content.Length);
    }

    [Fact]
    public void With_full_sockets_both_ways_nothing_is_lost_and_a_half_closed_web_server_gets_all_of_it()
    {
        using var wire = new Wire(Protocols.FastCgi);
        byte[] question = FastCgiClient.GetValues("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS").ToBytes();
        byte[] questions = [.. Enumerable.Repeat(question, 100_000).SelectMany(record => record)];
        int sent = SendAll(wire, questions);
        Assert.True(sent < questions.Length, "nothing was full");
        int answered = 0;
        while (sent < questions.Length)
        {
            answered += FastCgiSplitTests.Records(wire).Count;
            sent += SendAll(wire, questions.AsSpan(sent));
        }
        wire.EndSending();
        answered += FastCgiSplitTests.Records(wire).Count;
        Assert.Equal(questions.Length / question.Length, answered);
        Assert.Equal((true, SocketError.Success), (wire.IsClosed, wire.WhatComesLast));
    }

    /// <summary>Sends for as long as the connection takes something.</summary>
    private static int SendAll(Wire wire, ReadOnlySpan<byte> bytes)
    {
        int sent = 0, count;
        do
            sent += count = wire.SendSome(bytes[sent..]);
        while (count > 0 && sent < bytes.Length);
        return sent;
    }

    private static SocketError WhatComesAfterAll(Wire wire)
    {
        wire.Receive();
        return wire.WhatComesLast;
    }

    private static int[] Ended(Wire wire) => [.. FastCgiSplitTests.Records(wire).Where(record => record.Type == FastCgiRecordType.EndRequest).Select(record => record.RequestId)];

    private static void Send(Wire wire, params IEnumerable<FastCgiRecord> records) => wire.Send(FastCgiSplitTests.Bytes(records));
}
