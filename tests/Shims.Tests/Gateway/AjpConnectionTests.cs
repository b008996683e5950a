using System.Net.Sockets;
using System.Text;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>What AJP13 asks of a connection, packet by packet.</summary>
public sealed class AjpConnectionTests
{
    private static readonly AjpRequestData s_get = new() { Uri = "/cgi-bin/a" }, s_post = new() { Method = "POST", Uri = "/cgi-bin/a", Length = 10 };

    private static byte[] Page => Encoding.ASCII.GetBytes("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");

    [Fact]
    public void A_request_is_answered_by_a_header_chunks_and_an_end_and_the_connection_takes_the_next()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        for (int i = 0; i < 3; i++)
        {
            wire.Send(s_get.ToBytes());
            wire.Responder.Response!.Write(Page);
            AjpReply reply = Received(wire);
            Assert.Equal([4, 3, 5], reply.Packets.Select(packet => packet.Type));
            Assert.Equal((true, "hello"), (reply.IsReused, reply.Body));
            Assert.Equal(ConnectionPhase.Idle, wire.Connection.Phase);
        }
    }

    [Fact]
    public void A_request_that_comes_byte_by_byte_is_answered()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        foreach (byte next in (byte[])[.. s_post.ToBytes(), .. AjpRequestData.BodyPacket("0123456789"u8)])
        {
            Assert.Null(wire.Responder.Response);
            wire.Send(next);
        }
        wire.Responder.Response!.Write(Page);
        Assert.Equal("0123456789", Encoding.ASCII.GetString(wire.Responder.Response.Body));
        Assert.True(Received(wire).IsReused);
    }

    [Fact]
    public void A_process_for_one_connection_takes_no_second_request()
    {
        using var wire = new Wire(Protocols.Ajp13);
        wire.Send(s_get.ToBytes());
        wire.Responder.Response!.Write(Page);
        AjpReply reply = Received(wire);
        Assert.Equal((true, false), (reply.IsComplete, reply.IsReused));
        Assert.True(wire.HasEndedWell);
    }

    [Fact]
    public void CPING_is_answered_before_the_first_request_between_two_and_without_the_secret()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true, secret: new Secret("right"u8));
        for (int i = 0; i < 3; i++)
        {
            wire.Send(AjpClient.CPing);
            Assert.Equal([AjpPacket.CPong], Received(wire).Packets.Select(packet => packet.Type));
            wire.Send((s_get with { Secret = "right" }).ToBytes());
            wire.Responder.Response!.Write(Page);
            Assert.True(Received(wire).IsReused);
        }
        wire.Send([.. AjpClient.CPing, .. AjpClient.CPing, .. (s_get with { Secret = "right" }).ToBytes()]);
        wire.Responder.Response!.Write(Page);
        Assert.Equal([9, 9, 4, 3, 5], Received(wire).Packets.Select(packet => packet.Type));
    }

    [Theory, InlineData(""), InlineData("wrong"), InlineData(null)]
    public void A_wrong_secret_is_a_403_after_which_the_connection_ends_and_nothing_has_run_CVE_2026_43514(string? sent)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true, secret: new Secret("right"u8));
        wire.Send((s_get with { Secret = sent }).ToBytes());
        AjpReply reply = Received(wire);
        Assert.Equal((403, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.Empty(wire.Responder.Responses);
        Assert.DoesNotContain("right", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_nobody_asked_for_is_ignored()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_get with { Secret = "any" }).ToBytes());
        wire.Responder.Response!.Write(Page);
        Assert.True(Received(wire).IsReused);
    }

    [Fact]
    public void The_first_packet_of_a_body_is_read_before_anything_else_and_never_is_a_request_CVE_2022_26377()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true, limits: new Limits { BodySize = 5 });
        // The body looks like a request, and is refused: nobody reads it.
        byte[] evil = (s_get with { Uri = "/evil" }).ToBytes();
        wire.Send((s_post with { Length = evil.Length }).ToBytes());
        Assert.Empty(Received(wire).Packets);
        wire.Send(AjpRequestData.BodyPacket(evil));
        Assert.Equal("/cgi-bin/a", Text(wire, "REQUEST_URI"));
        wire.Responder.Response!.StopReading();
        wire.Responder.Response!.Write(Page);
        Assert.True(Received(wire).IsReused);
        wire.Send(s_get.ToBytes());
        Assert.Equal(2, wire.Responder.Responses.Count);
        Assert.Equal("/cgi-bin/a", Text(wire, "REQUEST_URI"));
    }

    [Fact]
    public void Never_more_is_asked_for_than_Content_Length_says()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_post with { Length = 20_000 }).ToBytes());
        wire.Send(AjpRequestData.BodyPacket(new byte[8186]));
        Assert.Equal([8186], Asked(wire));
        wire.Send(AjpRequestData.BodyPacket(new byte[8186]));
        Assert.Equal([20_000 - 2 * 8186], Asked(wire));
        wire.Send(AjpRequestData.BodyPacket(new byte[20_000 - 2 * 8186]));
        Assert.Empty(Asked(wire));
        Assert.Equal(20_000, wire.Responder.Response!.Body.Length);
        wire.Responder.Response.Write(Page);
        Assert.True(Received(wire).IsReused);
    }

    [Theory, InlineData(""), InlineData("0000")]
    public void A_chunked_body_is_asked_for_until_an_empty_packet_of_either_form(string end)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_post with { Length = null }).ToBytes());
        foreach (int count in new[] { 8188, 50, 8186 })
        {
            Assert.Single(Asked(wire));
            wire.Send(AjpRequestData.BodyPacket(new byte[count]));
        }
        Assert.Single(Asked(wire));
        Assert.Null(wire.Responder.Response);
        wire.Send(AjpRequestData.Packet(Convert.FromHexString(end)));
        wire.Responder.Response!.Write(Page);
        Assert.Equal(8188 + 50 + 8186, wire.Responder.Response.Body.Length);
        Assert.True(Received(wire).IsReused);
    }

    [Fact]
    public void A_chunked_body_that_is_too_long_is_a_413()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true, limits: new Limits { BodySize = 100 });
        wire.Send((s_post with { Length = null }).ToBytes());
        wire.Send(AjpRequestData.BodyPacket(new byte[101]));
        AjpReply reply = Received(wire);
        Assert.Equal((413, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
    }

    [Fact]
    public void Nothing_is_asked_for_while_the_reader_of_the_body_has_enough()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_post with { Length = 1 << 20 }).ToBytes());
        wire.Send(AjpRequestData.BodyPacket(new byte[8186]));
        Assert.Single(Asked(wire));
        wire.Responder.Response!.IsReaderFull = true;
        wire.Send(AjpRequestData.BodyPacket(new byte[8186]));
        Assert.Empty(Asked(wire));
        wire.Responder.Response.IsReaderFull = false;
        wire.Responder.Response.TakeTurn();
        Assert.Single(Asked(wire));
    }

    [Fact]
    public void A_response_that_does_not_need_the_rest_of_the_body_goes_out_without_it_and_ends_the_connection()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_post with { Length = 1 << 20 }).ToBytes());
        wire.Send(AjpRequestData.BodyPacket(new byte[8186]));
        wire.Responder.Response!.StopReading();
        wire.Responder.Response.Write(Page);
        AjpReply reply = Received(wire);
        Assert.Equal((200, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.Single(reply.Packets, packet => packet.Type == AjpPacket.GetBodyChunk);
    }

    [Theory, InlineData("0000"), InlineData(""), InlineData("000B3031323334353637383941"), InlineData("30313233343536373839"), InlineData("0A")]
    public void A_body_packet_that_is_empty_too_soon_too_long_or_has_no_length_is_a_400(string payload)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send([.. s_post.ToBytes(), .. AjpRequestData.Packet(Convert.FromHexString(payload))]);
        AjpReply reply = Received(wire);
        Assert.Equal((400, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.Empty(wire.Responder.Responses);
    }

    [Theory]
    [InlineData("content-length", "4, 4"), InlineData("content-length", "-4"), InlineData("content-length", "+4"), InlineData("content-length", ""), InlineData("Transfer-Encoding", "gzip")]
    public void A_framing_that_two_parsers_could_read_differently_is_a_400_and_the_connection_is_not_used_again_CVE_2013_4286_CVE_2022_36760(string name, string value)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((s_get with { Headers = [(name, value)] }).ToBytes());
        AjpReply reply = Received(wire);
        Assert.Equal((400, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.Empty(wire.Responder.Responses);
    }

    [Fact]
    public void A_packet_that_is_too_long_is_a_400_with_an_end_CVE_2022_1319_CVE_2022_2053_CVE_2023_5379()
    {
        foreach ((Limits limits, byte[] bytes) in ((Limits, byte[])[])[(new Limits(), [0x12, 0x34, 0xFF, 0xFF]), (new Limits { HeaderSize = 100 }, (s_get with { Query = new string('q', 100) }).ToBytes())])
        {
            using var wire = new Wire(Protocols.Ajp13, servesMany: true, limits: limits);
            wire.Send(bytes);
            AjpReply reply = Received(wire);
            Assert.Equal((400, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        }
    }

    [Theory, InlineData(7), InlineData(8), InlineData(0), InlineData(3), InlineData(99)]
    public void SHUTDOWN_PING_and_unknown_packets_end_the_connection_and_do_nothing(byte type)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send(AjpRequestData.Packet(type));
        Assert.Empty(wire.ReceiveBytes());
        Assert.True(wire.HasEndedWell);
        Assert.Empty(wire.Responder.Responses);
    }

    [Fact]
    public void An_empty_packet_after_a_request_without_a_body_is_passed_over_as_lighttpd_sends_one()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        for (int i = 0; i < 2; i++)
        {
            wire.Send([.. s_get.ToBytes(), .. AjpRequestData.Packet()]);
            wire.Responder.Response!.Write(Page);
            Assert.True(Received(wire).IsReused);
        }
        Assert.Equal(2, wire.Responder.Responses.Count);
    }

    [Fact]
    public void Nothing_follows_the_end_of_a_response()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send(s_get.ToBytes());
        wire.Responder.Response!.Write([.. Page, .. new byte[100_000]]);
        var received = new List<byte>(wire.ReceiveBytes());
        wire.Pass(10_000);
        received.AddRange(wire.ReceiveBytes());
        AjpReply reply = new(AjpPacket.Read(received.ToArray()));
        Assert.True(reply.IsReused);
        Assert.Equal(100_005, reply.Reply.BodyBytes.Length);
        Assert.All(reply.Packets, packet => Assert.InRange(packet.Payload.Length + 4, 5, 8192));
    }

    [Fact]
    public void A_response_that_breaks_off_has_no_end()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send(s_get.ToBytes());
        wire.Responder.Response!.BreakOff();
        AjpReply reply = Received(wire);
        Assert.Equal(4, reply.Packets[0].Type);
        Assert.DoesNotContain(reply.Packets, packet => packet.Type == AjpPacket.EndResponse);
        Assert.True(wire.HasEndedWell);
    }

    [Fact]
    public void After_fifty_milliseconds_of_silence_the_web_server_is_told_to_pass_on_what_it_has_once()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send(s_get.ToBytes());
        wire.Responder.Request!.Write("Status: 200 OK\r\n\r\n"u8);
        wire.Responder.Request.Write("data"u8);
        wire.Responder.Response!.TakeTurn();
        Assert.Equal([4, 3], Received(wire).Packets.Select(packet => packet.Type));
        wire.Pass(49);
        Assert.Empty(Received(wire).Packets);
        wire.Pass(1);
        Assert.Empty(Assert.Single(Received(wire).Packets).Chunk);
        wire.Pass(5000);
        Assert.Empty(Received(wire).Packets);
        wire.Responder.Response.Write("end"u8.ToArray());
        Assert.Equal([3, 5], Received(wire).Packets.Select(packet => packet.Type));
    }

    [Fact]
    public void A_body_that_stops_coming_is_a_408_and_a_request_that_stops_a_400_each_with_an_end()
    {
        using var body = new Wire(Protocols.Ajp13, servesMany: true);
        body.Send(s_post.ToBytes());
        body.Pass(Limits.DefaultProgressSeconds * 1000);
        AjpReply reply = Received(body);
        Assert.Equal((408, true, false), (reply.Status, reply.IsComplete, reply.IsReused));

        using var header = new Wire(Protocols.Ajp13, servesMany: true);
        header.Send(s_post.ToBytes()[..20]);
        header.Pass(Limits.DefaultHeaderSeconds * 1000);
        reply = Received(header);
        Assert.Equal((400, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
    }

    [Fact]
    public void An_idle_connection_ends_after_its_time_and_when_the_process_is_to_end()
    {
        foreach (bool isTold in new[] { false, true })
        {
            using var wire = new Wire(Protocols.Ajp13, servesMany: true);
            wire.Send(s_get.ToBytes());
            wire.Responder.Response!.Write(Page);
            Assert.True(Received(wire).IsReused);
            if (isTold)
                wire.Finish();
            else
                wire.Pass(Limits.KeptConnection);
            Assert.True(wire.HasEndedWell);
        }
    }

    [Fact]
    public void A_request_in_flight_when_the_process_is_to_end_is_answered_and_is_the_last()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send(s_get.ToBytes());
        wire.Finish();
        wire.Responder.Response!.Write(Page);
        AjpReply reply = Received(wire);
        Assert.Equal((true, false), (reply.IsComplete, reply.IsReused));
        Assert.True(wire.HasEndedWell);
    }

    [Fact]
    public void A_client_that_leaves_in_the_middle_of_its_body_or_response_is_told_of()
    {
        using var body = new Wire(Protocols.Ajp13, servesMany: true);
        body.Send([.. (s_post with { Length = 10_000 }).ToBytes(), .. AjpRequestData.BodyPacket(new byte[8186])]);
        body.HangUp();
        Assert.True(body.Responder.Response!.IsAbandoned);
        Assert.True(body.IsClosed);

        using var response = new Wire(Protocols.Ajp13, servesMany: true);
        response.Send(s_get.ToBytes());
        response.HangUp();
        Assert.True(response.Responder.Response!.IsAbandoned);
        Assert.True(response.IsClosed);
    }

    [Fact]
    public void Another_protocol_gets_a_page_that_it_understands()
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        Assert.StartsWith("HTTP/1.0 500 ", Encoding.Latin1.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
        Assert.Equal(SocketError.Success, wire.WhatComesLast);
    }

    private static AjpReply Received(Wire wire) => new(AjpPacket.Read(wire.ReceiveBytes()));

    private static int[] Asked(Wire wire) => [.. Received(wire).Packets.Where(packet => packet.Type == AjpPacket.GetBodyChunk).Select(packet => packet.Number)];

    private static string Text(Wire wire, string name) => Encoding.ASCII.GetString(wire.Responder.Request!.Variables.Get(Encoding.ASCII.GetBytes(name)));
}
