using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the tables over <see cref="AjpRequestState"/> and <see cref="AjpConnectionState"/>.</summary>
public sealed class AjpStateTests
{
    private const int Part = 8186;

    private static readonly StateTable<AjpRequestState> s_request = new("""
                      a part of its body  a part of a chunked body  the end of a chunked body  a body of another length  it is refused  the response ends  the response breaks off
          Unanswered  Responding          Unanswered                Responding                 Ended                     Unanswered     -                  -
          Responding  Responding          -                         -                          Ended                     Ended          Ended              Broken
          Ended       -                   -                         -                          -                         -              -                  -
          Broken      -                   -                         -                          -                         -              -                  -
        """);

    private static readonly StateTable<AjpConnectionState> s_connection = new("""
                   CPING   a request  one that is refused  an order  nonsense  input ends  process is to end  a response ends  the only response ends  a response without the body  a response breaks off
          New      Kept    Kept       Final                Final     Final     Final       New                -                -                       -                            -
          Kept     Kept    Kept       Final                Final     Final     Final       Final              Kept             Final                   Final                        Broken
          Final    Final   Final      Final                Final     Final     Final       Final              Final            Final                   Final                        Broken
          Broken   Broken  Broken     Broken               Broken    Broken    Broken      Broken             -                -                       -                            -
        """);

    private static readonly AjpRequestData s_get = new() { Uri = "/a" }, s_post = new() { Method = "POST", Uri = "/a", Length = 3 * Part }, s_chunked = s_post with { Length = null };

    public static TheoryData<string, string> RequestCells => s_request.Cells;

    public static TheoryData<string, string> ConnectionCells => s_connection.Cells;

    private static byte[] Page => "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"u8.ToArray();

    [Fact]
    public void The_comments_over_AjpRequestState_and_AjpConnectionState_show_their_tables()
    {
        s_request.IsShownIn("src/Shims/Gateway/Connections/AjpRequestState.cs");
        s_connection.IsShownIn("src/Shims/Gateway/Connections/AjpConnectionState.cs");
    }

    [Theory, MemberData(nameof(RequestCells))]
    public void Every_event_leads_an_AJP13_request_from_every_state_where_the_table_says(string state, string @event)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: true);
        wire.Send((@event.Contains("chunked", StringComparison.Ordinal) ? s_chunked : s_post).ToBytes());
        var request = (AjpRequest)wire.Connection.Requests[0].Channel;
        if (state == nameof(AjpRequestState.Responding))
            wire.Send(AjpRequestData.BodyPacket(new byte[Part]));
        Assert.Equal(state, request.State.ToString());

        switch (@event)
        {
            case "a part of its body" or "a part of a chunked body":
                wire.Send(AjpRequestData.BodyPacket(new byte[Part]));
                break;
            case "the end of a chunked body" or "a body of another length":
                wire.Send(AjpRequestData.Packet());
                break;
            case "it is refused":
                request.Exchange.Refuse(new Fault(400, "it is refused", "see why"));
                wire.Connection.Schedule();
                wire.Run();
                break;
            case "the response ends":
                wire.Responder.Response!.StopReading();
                wire.Responder.Response.Write(Page);
                break;
            case "the response breaks off":
                wire.Responder.Response!.BreakOff();
                break;
        }
        Assert.Equal(s_request[Enum.Parse<AjpRequestState>(state), @event], request.State);
        Assert.Equal(request.HasEnded, wire.Connection.Requests.Count == 0);
        // What ends is told so, once; what breaks off is not.
        IReadOnlyList<AjpPacket> packets = AjpPacket.Read(wire.ReceiveBytes());
        if (request.State != AjpRequestState.Broken)
            Assert.Equal(request.HasEnded ? 1 : 0, packets.Count(static packet => packet.Type == AjpPacket.EndResponse));
        else
            Assert.DoesNotContain(packets, static packet => packet.Type == AjpPacket.EndResponse);
    }

    [Theory, MemberData(nameof(ConnectionCells))]
    public void Every_event_leads_an_AJP13_connection_from_every_state_where_the_table_says(string state, string @event)
    {
        using var wire = new Wire(Protocols.Ajp13, servesMany: @event != "the only response ends");
        bool isOfResponse = @event.Contains("response", StringComparison.Ordinal);
        // Between two requests, unless the event is about one that is in flight.
        if (state == nameof(AjpConnectionState.Kept) && !isOfResponse)
            Respond(wire, s_get);
        else if (state != nameof(AjpConnectionState.New))
            Begin(wire, @event == "a response without the body" ? s_post : s_get);
        if (state == nameof(AjpConnectionState.Final))
            wire.Finish();
        if (state == nameof(AjpConnectionState.Broken))
            wire.Responder.Response!.BreakOff();
        Assert.Equal(state, Connection(wire).State.ToString());

        switch (@event)
        {
            case "CPING":
                wire.Send(AjpClient.CPing);
                break;
            case "a request":
                wire.Send(s_get.ToBytes());
                break;
            case "one that is refused":
                wire.Send((s_get with { Headers = [("content-length", "x")] }).ToBytes());
                break;
            case "an order":
                wire.Send(AjpRequestData.Packet(7));
                break;
            case "nonsense":
                wire.Send("GET / HTTP/1.1\r\n\r\n"u8);
                break;
            case "input ends":
                wire.EndSending();
                break;
            case "process is to end":
                wire.Finish();
                break;
            case "a response ends" or "the only response ends":
                wire.Responder.Response!.Write(Page);
                break;
            case "a response without the body":
                wire.Responder.Response!.StopReading();
                wire.Responder.Response.Write(Page);
                break;
            case "a response breaks off":
                wire.Responder.Response!.BreakOff();
                break;
        }
        Assert.Equal(s_connection[Enum.Parse<AjpConnectionState>(state), @event], Connection(wire).State);
        // The web server is told the same, where there was a response.
        if (isOfResponse && Connection(wire).State != AjpConnectionState.Broken)
            Assert.Equal(Connection(wire).State == AjpConnectionState.Kept, new AjpReply(AjpPacket.Read(wire.ReceiveBytes())).IsReused);
        Assert.Empty(wire.Overdue);
    }

    private static AjpConnection Connection(Wire wire) => (AjpConnection)wire.Connection;

    private static void Begin(Wire wire, AjpRequestData request)
    {
        wire.Send(request.ToBytes());
        if (request.Length > 0)
            wire.Send(AjpRequestData.BodyPacket(new byte[Part]));
    }

    private static void Respond(Wire wire, AjpRequestData request)
    {
        Begin(wire, request);
        wire.Responder.Response!.Write(Page);
        wire.Receive();
    }
}
