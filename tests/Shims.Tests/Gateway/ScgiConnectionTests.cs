using System.Text;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

public sealed class ScgiConnectionTests
{
    private static readonly byte[] s_body = "a body, byte for byte"u8.ToArray();

    private static readonly byte[] s_post = ScgiClient.Encode(RequestVariables.For("POST", "/script"), s_body), s_get = ScgiClient.Encode(RequestVariables.For("GET", "/script"), default);

    public static TheoryData<bool, bool> Requests => new() { { true, false }, { false, false }, { true, true }, { false, true } };

    [Theory, MemberData(nameof(Requests))]
    public void A_request_is_read_the_same_wherever_it_is_split(bool hasBody, bool isShared)
    {
        byte[] request = hasBody ? s_post : s_get;
        for (int split = 0; split <= request.Length; split++)
        {
            using var wire = new Wire(Protocols.Scgi, mode: isShared ? RunMode.Supervise : RunMode.Relay);
            wire.Send(request.AsSpan(0, split));
            if (split < request.Length)
                wire.Send(request.AsSpan(split));
            ReadAndRespond(wire, hasBody, $"split at {split}");
        }
    }

    [Theory, MemberData(nameof(Requests))]
    public void A_request_is_read_the_same_byte_by_byte(bool hasBody, bool isShared)
    {
        using var wire = new Wire(Protocols.Scgi, mode: isShared ? RunMode.Supervise : RunMode.Relay);
        foreach (byte value in hasBody ? s_post : s_get)
        {
            Assert.Equal(0, wire.Receive());
            wire.Send([value]);
        }
        ReadAndRespond(wire, hasBody, "byte by byte");
    }

    [Fact]
    public void A_request_that_ends_at_any_byte_before_its_last_is_never_given_to_a_script_that_waits_for_all_of_it()
    {
        for (int length = 0; length < s_post.Length; length++)
        {
            using var wire = new Wire(Protocols.Scgi, mode: RunMode.Supervise);
            wire.Send(s_post.AsSpan(0, length));
            wire.EndSending();
            Assert.Null(wire.Responder.Response);
            string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
            Assert.True(length == 0 ? page.Length == 0 : page.StartsWith("Status: 400 ", StringComparison.Ordinal), $"{length} bytes: {page}");
            Assert.True(wire.IsClosed, $"{length} bytes");
        }
    }

    [Fact]
    public void A_body_that_ends_early_ends_the_response_that_has_begun_to_read_it()
    {
        for (int missing = 1; missing <= s_body.Length; missing++)
        {
            using var wire = new Wire(Protocols.Scgi);
            wire.Send(s_post.AsSpan(..^missing));
            Assert.False(wire.Responder.Response!.IsAbandoned);
            wire.EndSending();
            Assert.True(wire.Responder.Response.IsAbandoned && wire.IsClosed, $"{missing} bytes are missing");
            Assert.Equal(0, wire.Receive());
        }
    }

    [Fact]
    public void A_web_server_that_leaves_at_any_byte_ends_everything()
    {
        for (int length = 0; length <= s_post.Length; length++)
        {
            using var wire = new Wire(Protocols.Scgi);
            wire.Send(s_post.AsSpan(0, length));
            wire.HangUp();
            Assert.True(wire.IsClosed && wire.Responder.Response is null or { IsAbandoned: true }, $"{length} bytes");
        }
    }

    [Fact]
    public void A_response_that_is_complete_before_the_body_is_sent_after_it()
    {
        using var wire = new Wire(Protocols.Scgi);
        wire.Send(s_post.AsSpan(..^2));
        wire.Responder.Response!.Write(10);
        Assert.Equal(0, wire.Receive());
        wire.Send(s_post.AsSpan(^2..));
        Assert.Equal(10, wire.Receive());
        Assert.True(wire.IsClosed);
    }

    [Fact]
    public void A_response_that_is_complete_after_the_web_server_has_left_does_no_harm()
    {
        using var wire = new Wire(Protocols.Scgi);
        wire.Send(s_get);
        wire.HangUp();
        wire.Responder.Response!.Write(10);
        Assert.True(wire.IsClosed && wire.Responder.Response.IsAbandoned);
    }

    [Fact]
    public void A_response_that_ends_twice_ends_once()
    {
        foreach (byte[] request in new[] { s_get, [.. s_get, .. "surplus"u8] })
        {
            using var wire = new Wire(Protocols.Scgi);
            wire.Send(request);
            Exchange exchange = wire.Responder.Request!;
            exchange.Write("answer"u8);
            exchange.End(0);
            exchange.End(0);
            Assert.Equal("answer"u8, wire.ReceiveBytes());
            wire.EndSending();
            Assert.True(wire.IsClosed);
        }
    }

    [Fact]
    public void A_response_that_never_ends_is_ended_with_the_process()
    {
        using var wire = new Wire(Protocols.Scgi);
        wire.Send(s_get);
        wire.Pass(24 * 3_600_000L);
        Assert.Equal(SingleRequestState.Responding, ((SingleRequestConnection)wire.Connection).State);
        wire.Finish();
        wire.Pass(Limits.DefaultFinishSeconds * 1000L);
        Assert.True(wire.Responder.Response!.IsAbandoned);
        Assert.StartsWith("Status: 503 ", Encoding.UTF8.GetString(wire.ReceiveBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_waits_while_the_socket_is_full_and_goes_on_when_the_web_server_takes_it()
    {
        using var wire = new Wire(Protocols.Scgi, isFull: true);
        wire.Send(s_get);
        wire.Responder.Response!.Write(1_000_000);
        Assert.False(wire.IsClosed);
        byte[] received = wire.ReceiveBytes();
        Assert.True(wire.IsClosed);
        Assert.InRange(received.Length, 1_000_001, int.MaxValue); // what had filled the socket, too
    }

    private static void ReadAndRespond(Wire wire, bool hasBody, string how)
    {
        Exchange exchange = wire.Responder.Request ?? throw new InvalidOperationException($"{how}: no request");
        Assert.True(exchange.Body.IsComplete, how);
        Assert.Equal("/script", Encoding.ASCII.GetString(exchange.Variables.Get("SCRIPT_FILENAME"u8)));
        Assert.Equal("localhost", Encoding.ASCII.GetString(exchange.Variables.Get("HTTP_HOST"u8)));
        Assert.Equal(hasBody ? s_body : [], wire.Responder.Response!.Body);
        wire.Responder.Response.Write(10);
        Assert.Equal(10, wire.Receive());
        Assert.True(wire.IsClosed, how);
    }
}
