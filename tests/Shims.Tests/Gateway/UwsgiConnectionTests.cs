using System.Net.Sockets;
using System.Text;
using Shims.Cgi;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>What is not the same over uwsgi as over SCGI, and what must be the same although the bytes are others.</summary>
public sealed class UwsgiConnectionTests
{
    private static readonly byte[] s_body = "a body, byte for byte"u8.ToArray();

    private static readonly RequestVariables s_variables = RequestVariables.For("POST", "/script");

    private static readonly byte[] s_post = UwsgiClient.Encode(s_variables, s_body), s_get = UwsgiClient.Encode(RequestVariables.For("GET", "/script"), default);

    [Theory, InlineData(true), InlineData(false)]
    public void A_uwsgi_request_is_read_the_same_wherever_it_is_split(bool hasBody)
    {
        byte[] request = hasBody ? s_post : s_get;
        for (int split = 0; split <= request.Length; split++)
        {
            using var wire = new Wire(Protocols.Uwsgi);
            wire.Send(request.AsSpan(0, split));
            if (split < request.Length)
                wire.Send(request.AsSpan(split));
            ReadAndRespond(wire, hasBody, $"split at {split}");
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_uwsgi_request_is_read_the_same_byte_by_byte(bool hasBody)
    {
        using var wire = new Wire(Protocols.Uwsgi);
        foreach (byte value in hasBody ? s_post : s_get)
        {
            Assert.Equal(0, wire.Receive());
            wire.Send([value]);
        }
        ReadAndRespond(wire, hasBody, "byte by byte");
    }

    [Fact]
    public void A_uwsgi_request_that_ends_at_any_byte_of_its_variables_is_refused()
    {
        for (int length = 0; length < s_get.Length; length++)
        {
            using var wire = new Wire(Protocols.Uwsgi);
            wire.Send(s_get.AsSpan(0, length));
            wire.EndSending();
            Assert.Null(wire.Responder.Request);
            string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
            Assert.True(length == 0 ? page.Length == 0 : page.StartsWith("HTTP/1.1 400 Bad Request\r\n", StringComparison.Ordinal), $"{length} bytes: {page}");
            Assert.True(wire.IsClosed, $"{length} bytes");
        }
    }

    [Fact]
    public void A_uwsgi_web_server_that_leaves_at_any_byte_ends_everything()
    {
        for (int length = 0; length <= s_post.Length; length++)
        {
            using var wire = new Wire(Protocols.Uwsgi);
            wire.Send(s_post.AsSpan(0, length));
            wire.HangUp();
            Assert.True(wire.IsClosed && wire.Responder.Response is null or { IsAbandoned: true }, $"{length} bytes");
        }
    }

    [Fact]
    public void A_uwsgi_block_of_the_largest_size_is_read()
    {
        RequestVariables variables = RequestVariables.For("GET", "/script").ForFastCgi(0);
        int missing = 65535 - (UwsgiClient.Encode(variables).Length - 4) - 4 - "HTTP_X".Length;
        byte[] request = UwsgiClient.Encode(variables.With("HTTP_X", new string('x', missing)));
        Assert.Equal(65535 + 4, request.Length);
        using var wire = new Wire(Protocols.Uwsgi);
        wire.Send(request);
        Assert.Equal(missing, wire.Responder.Request!.Variables.Get("HTTP_X"u8).Length);
        wire.Responder.Response!.Write(10);
        wire.Receive();
        Assert.True(wire.IsClosed);
    }

    [Fact]
    public void Uwsgi_variables_beyond_max_header_are_refused_with_the_option_to_raise()
    {
        using var wire = new Wire(Protocols.Uwsgi, limits: new Limits { HeaderSize = 100 });
        wire.Send(s_get);
        Assert.Null(wire.Responder.Request);
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("fault", "uwsgi modifiers")]
    public void A_modifier_that_is_an_order_to_uWSGI_gets_400_and_nothing_runs()
    {
        foreach (int modifier in Enumerable.Range(0, 256))
        {
            using var wire = new Wire(Protocols.Uwsgi);
            wire.Send(UwsgiClient.Encode(RequestVariables.For("GET", "/script"), default, modifier));
            Assert.Equal(Protocols.Uwsgi.BeginsWith((byte)modifier), wire.Responder.Request is not null);
            if (wire.Responder.Request is null)
                Assert.True(wire.Receive() > 0, $"modifier {modifier} gets no page");
        }
    }

    [Theory, InlineData("4x"), InlineData("-4"), InlineData("+4"), InlineData("04"), InlineData(" 4"), InlineData("4, 4"), InlineData("99999999999999999999")]
    public void A_CONTENT_LENGTH_that_is_not_a_number_is_refused(string length)
    {
        using var wire = new Wire(Protocols.Uwsgi);
        wire.Send([.. UwsgiClient.Encode(s_variables.With("CONTENT_LENGTH", length)), .. s_body]);
        Assert.Null(wire.Responder.Request);
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_uwsgi_request_without_CONTENT_LENGTH_has_no_body_whatever_its_headers_say()
    {
        using var wire = new Wire(Protocols.Uwsgi);
        wire.Send(UwsgiClient.Encode(RequestVariables.For("GET", "/script").With("HTTP_CONTENT_LENGTH", "5")));
        Assert.True(wire.Responder.Request!.Body.IsComplete);
        Assert.Equal(0, wire.Responder.Request.BodyLength);
    }

    [Fact]
    public void A_uwsgi_request_with_a_body_of_unknown_length_is_refused_with_411()
    {
        RequestVariables variables = RequestVariables.For("POST", "/script").With("HTTP_TRANSFER_ENCODING", "chunked");
        using var wire = new Wire(Protocols.Uwsgi);
        wire.Send(UwsgiClient.Encode(variables));
        Assert.Null(wire.Responder.Request);
        Assert.StartsWith("HTTP/1.1 411 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
        // nginx takes such a body in first.
        using var nginx = new Wire(Protocols.Uwsgi);
        nginx.Send([.. UwsgiClient.Encode(variables.With("CONTENT_LENGTH", "3")), 1, 2, 3]);
        Assert.NotNull(nginx.Responder.Request);
    }

    [Theory, InlineData(nameof(RunMode.Supervise)), InlineData(nameof(RunMode.Exec))]
    public void A_script_that_is_to_write_to_the_web_server_itself_is_refused_where_that_takes_HTTP(string name)
    {
        RunMode mode = Enum.Parse<RunMode>(name);
        foreach ((string variable, string value) in new[] { ("SERVER_SOFTWARE", "Apache/2.4.71 (Unix)"), ("UWSGI_ROUTER", "http") })
        {
            using var wire = new Wire(Protocols.Uwsgi, mode: mode);
            wire.Send(UwsgiClient.Encode(RequestVariables.For("GET", "/script").With(variable, value), default));
            Assert.Null(wire.Responder.Request);
            Assert.StartsWith("HTTP/1.1 500 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
        }
        using var nginx = new Wire(Protocols.Uwsgi, mode: mode);
        nginx.Send(s_get);
        Assert.NotNull(nginx.Responder.Request);
    }

    [Theory]
    [InlineData("Status: 404 Gone fishing\nA: b\n\n", "HTTP/1.1 404 Gone fishing\r\nA: b\r\n")]
    [InlineData("Location: /x\n\n", "HTTP/1.1 302 Found\r\nLocation: /x\r\n")]
    [InlineData("HTTP/1.0 200 Fine\nConnection: keep-alive\nUpgrade: h2c\nKeep-Alive: 5\nA: b\n\n", "HTTP/1.1 200 Fine\r\nA: b\r\n")]
    [InlineData("Content-Length: 3\nContent-Length: 3\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n")]
    [InlineData("Transfer-Encoding: chunked\nContent-Length: 3\n\n", "HTTP/1.1 200 OK\r\n")]
    [InlineData("Status: 204\nContent-Length: 3\nA: b\n\n", "HTTP/1.1 204 No Content\r\nA: b\r\n")]
    [InlineData("Status: 299 \xE9\n\n", "HTTP/1.1 299 ")]
    public void The_header_of_a_response_goes_out_as_one_of_HTTP(string header, string sent)
    {
        ResponseHead head = ResponseHead.Read(Latin1.Bytes(header), out string? fault);
        Assert.Null(fault);
        Assert.StartsWith(sent, Latin1.Text(head.ToHttp()), StringComparison.Ordinal);
        Assert.EndsWith("\r\nX-Request-Id: 0123abcd\r\n\r\n", Latin1.Text(head.ToHttp("0123abcd")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_byte_of_a_uwsgi_request_is_left_until_the_response_is_complete()
    {
        foreach (byte[] request in new[] { s_get, s_post })
        {
            using var wire = new Wire(Protocols.Uwsgi);
            wire.Send(request);
            wire.Responder.Response!.BreakOff();
            Assert.Equal(10, wire.Receive());
            Assert.False(wire.IsClosed);
            wire.Pass(Limits.BreakLook);
            Assert.True(wire.IsClosed);
            Assert.Equal(SocketError.ConnectionReset, wire.WhatComesLast);
        }
    }

    [Fact]
    public void A_response_whose_beginning_is_not_taken_is_reset_all_the_same()
    {
        foreach (Protocol protocol in new[] { Protocols.Scgi, Protocols.Uwsgi })
        {
            using var wire = new Wire(protocol);
            wire.Send(protocol == Protocols.Scgi ? ScgiClient.Encode(RequestVariables.For("GET", "/script"), default) : s_get);
            wire.Responder.Response!.BreakOff();
            for (int passed = 0; passed < Limits.HalfCloseGrace; passed += Limits.BreakLook)
            {
                Assert.False(wire.IsClosed);
                wire.Pass(Limits.BreakLook);
            }
            Assert.True(wire.IsClosed);
        }
    }

    private static void ReadAndRespond(Wire wire, bool hasBody, string how)
    {
        Exchange exchange = wire.Responder.Request ?? throw new InvalidOperationException($"{how}: no request");
        Assert.True(exchange.Body.IsComplete, how);
        Assert.Equal("/script", Latin1.Text(exchange.Variables.Get("SCRIPT_FILENAME"u8)));
        if (hasBody)
            Assert.Equal(s_body, wire.Responder.Response!.Body);
        wire.Responder.Response!.Write(10);
        Assert.Equal(10, wire.Receive());
        Assert.True(wire.HasEndedWell, how);
        Assert.True(wire.IsClosed, how);
    }
}
