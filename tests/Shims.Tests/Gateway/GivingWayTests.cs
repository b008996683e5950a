using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Where descriptors are lacking, connections with nothing in flight give way, and no others do.</summary>
[Trait("fault", "L11")]
public sealed class GivingWayTests
{
    private static readonly RequestVariables s_variables = RequestVariables.For("GET", "/script");

    private static readonly byte[] s_fastCgi = FastCgiClient.Encode(s_variables, keepConnection: true), s_ajp = new AjpRequestData { Uri = "/script" }.ToBytes();

    /// <summary>The wires whose connections are kept, with a request and a beginning of the next.</summary>
    private static readonly (Protocol Protocol, byte[] Request, byte[] Beginning)[] s_keeping =
    [
        (Protocols.FastCgi, s_fastCgi, s_fastCgi[..5]),
        (Protocols.Ajp13, s_ajp, s_ajp[..5]),
    ];

    public static TheoryData<int> Keeping => [.. Enumerable.Range(0, s_keeping.Length)];

    [Theory, MemberData(nameof(Keeping))]
    public void A_kept_connection_gives_way_between_two_requests_and_only_then(int index)
    {
        (Protocol protocol, byte[] request, _) = s_keeping[index];
        using var wire = new Wire(protocol, servesMany: true);
        Assert.False(wire.TryMakeRoom());
        for (int i = 0; i < 2; i++)
        {
            wire.Send(request);
            Assert.False(wire.TryMakeRoom());
            wire.Responder.Response!.Write(Page);
            wire.Receive();
        }
        Assert.True(wire.TryMakeRoom());
        Assert.True(wire.HasEndedWell);
        Assert.True(wire.IsOver);
    }

    [Theory, MemberData(nameof(Keeping))]
    public void A_kept_connection_to_which_a_part_of_a_request_has_come_stays(int index)
    {
        (Protocol protocol, byte[] request, byte[] beginning) = s_keeping[index];
        using var wire = new Wire(protocol, servesMany: true);
        wire.Send(request);
        wire.Responder.Response!.Write(Page);
        wire.Receive();
        wire.Send(beginning);
        Assert.False(wire.TryMakeRoom());
        wire.Send(request.AsSpan(beginning.Length));
        Assert.Equal(2, wire.Responder.Responses.Count);
    }

    [Theory, MemberData(nameof(Keeping))]
    public void A_request_that_the_loop_has_not_seen_yet_is_answered_whatever_is_lacking(int index)
    {
        (Protocol protocol, byte[] request, _) = s_keeping[index];
        using var wire = new Wire(protocol, servesMany: true);
        wire.Send(request);
        wire.Responder.Response!.Write(Page);
        wire.Receive();
        wire.SendUnnoticed(request);
        Assert.False(wire.TryMakeRoom());
        Assert.Equal(2, wire.Responder.Responses.Count);
        wire.Responder.Response.Write(Page);
        Assert.True(wire.Receive() > 0);
    }

    [Theory, MemberData(nameof(Keeping))]
    public void A_response_that_the_web_server_has_not_taken_keeps_its_connection(int index)
    {
        (Protocol protocol, byte[] request, _) = s_keeping[index];
        using var wire = new Wire(protocol, servesMany: true);
        wire.Send(request);
        wire.Responder.Response!.Write([.. Page, .. new byte[300_000]]);
        Assert.False(wire.TryMakeRoom());
        Assert.True(wire.Receive() > 300_000);
        Assert.True(wire.TryMakeRoom());
    }

    [Fact]
    public void A_connection_that_only_reads_away_gives_way_on_every_wire()
    {
        foreach (Protocol protocol in (Protocol[])[Protocols.Scgi, Protocols.FastCgi, Protocols.Uwsgi, Protocols.Ajp13])
        {
            using var wire = new Wire(protocol, servesMany: true);
            wire.Send("GET / HTTP/1.1\r\n\r\n"u8);
            Assert.Equal(ConnectionPhase.Lingering, wire.Connection.Phase);
            Assert.True(wire.Receive() > 0);
            Assert.True(wire.TryMakeRoom());
            Assert.True(wire.IsOver);
        }
    }

    private static byte[] Page => "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"u8.ToArray();
}
