using System.Net.Sockets;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the tables over <see cref="FastCgiRequestState"/> and <see cref="FastCgiConnectionState"/>.</summary>
public sealed class FastCgiStateTests
{
    private static readonly StateTable<FastCgiRequestState> s_request = new("""
                      PARAMS ends  PARAMS ends with CONTENT_LENGTH  STDIN ends  it is refused  the response ends  the response breaks off  ABORT_REQUEST
          Parameters  Unanswered   Responding                       Parameters  Responding     -                  -                        Ended
          Unanswered  Unanswered   Unanswered                       Responding  Responding     -                  -                        Ended
          Responding  Responding   Responding                       Responding  Responding     Ended              Broken                   Ended
          Ended       Ended        Ended                            Ended       -              -                  -                        Ended
          Broken      Broken       Broken                           Broken      -              -                  -                        Broken
        """);

    private static readonly StateTable<FastCgiConnectionState> s_connection = new("""
                       management record  BEGIN_REQUEST  the last BEGIN_REQUEST  input ends  process is to end  a response breaks off  the only response breaks off
          New          Kept               Kept           Final                   Final       New                -                      -
          Kept         Kept               Kept           Final                   Final       Final              Broken                 BrokenAlone
          Final        Final              Final          Final                   Final       Final              Broken                 BrokenAlone
          BrokenAlone  -                  -              -                       -           -                  -                      -
          Broken       Broken             Broken         Broken                  Broken      Broken             Broken                 Broken
        """);

    private static readonly RequestVariables s_post = RequestVariables.For("POST", "/script");

    public static TheoryData<string, string> RequestCells => s_request.Cells;

    public static TheoryData<string, string> ConnectionCells => s_connection.Cells;

    [Fact]
    public void The_comments_over_FastCgiRequestState_and_FastCgiConnectionState_show_their_tables()
    {
        s_request.IsShownIn("src/Shims/Gateway/Connections/FastCgiRequestState.cs");
        s_connection.IsShownIn("src/Shims/Gateway/Connections/FastCgiConnectionState.cs");
    }

    [Theory, MemberData(nameof(RequestCells))]
    public void Every_event_leads_a_FastCGI_request_from_every_state_where_the_table_says(string state, string @event)
    {
        using var wire = new Wire(Protocols.FastCgi);
        // Another request keeps the connection open, whatever becomes of this one.
        Send(wire, FastCgiClient.Begin(9, keepConnection: true), FastCgiClient.Begin(1, keepConnection: true));
        FastCgiRequest request = Connection(wire).Find(1)!;
        if (state != nameof(FastCgiRequestState.Parameters))
            Send(wire, FastCgiClient.Stream(FastCgiRecordType.Params, 1, Pairs(state == nameof(FastCgiRequestState.Unanswered) ? null : 3)));
        if (state == nameof(FastCgiRequestState.Ended))
            Respond(wire);
        if (state == nameof(FastCgiRequestState.Broken))
            wire.Responder.Response!.BreakOff();
        Assert.Equal(state, request.State.ToString());

        switch (@event)
        {
            case "PARAMS ends":
                Send(wire, FastCgiClient.Stream(FastCgiRecordType.Params, 1, Pairs(null)));
                break;
            case "PARAMS ends with CONTENT_LENGTH":
                Send(wire, FastCgiClient.Stream(FastCgiRecordType.Params, 1, Pairs(3)));
                break;
            case "STDIN ends":
                Send(wire, FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[3]));
                break;
            case "it is refused":
                request.Exchange.Refuse(new Fault(400, "it is refused", "see why"));
                wire.Run();
                break;
            case "the response ends":
                Respond(wire);
                break;
            case "the response breaks off":
                wire.Responder.Response!.BreakOff();
                break;
            case "ABORT_REQUEST":
                Send(wire, FastCgiClient.Abort());
                break;
        }
        Assert.Equal(s_request[Enum.Parse<FastCgiRequestState>(state), @event], request.State);
        Assert.Equal(request.HasEnded, Connection(wire).Find(1) is null);
        // What ends is told so, once; what breaks off is not.
        Assert.Equal(request.State == FastCgiRequestState.Ended ? 1 : 0, FastCgiSplitTests.Records(wire).Count(record => record is { Type: FastCgiRecordType.EndRequest, RequestId: 1 }));
        Assert.NotNull(Connection(wire).Find(9));
    }

    [Theory, MemberData(nameof(ConnectionCells))]
    public void Every_event_leads_a_FastCGI_connection_from_every_state_where_the_table_says(string state, string @event)
    {
        using var wire = new Wire(Protocols.FastCgi);
        bool isKept = state != nameof(FastCgiConnectionState.Final);
        if (state != nameof(FastCgiConnectionState.New))
            Begin(wire, 1, isKept);
        if (state == nameof(FastCgiConnectionState.Broken))
        {
            Begin(wire, 2, isKept);
            Begin(wire, 3, isKept);
            wire.Responder.Responses[0].BreakOff();
        }
        Assert.Equal(state, Connection(wire).State.ToString());

        switch (@event)
        {
            case "management record":
                Send(wire, FastCgiClient.GetValues("FCGI_MAX_CONNS"));
                Assert.Contains(FastCgiSplitTests.Records(wire), record => record.Type == FastCgiRecordType.GetValuesResult);
                break;
            case "BEGIN_REQUEST" or "the last BEGIN_REQUEST":
                Send(wire, FastCgiClient.Begin(7, keepConnection: @event == "BEGIN_REQUEST"));
                Assert.Equal(state == nameof(FastCgiConnectionState.Broken), Connection(wire).Find(7) is null);
                break;
            case "input ends":
                for (int id = 1; id <= 3; id++)
                    Send(wire, FastCgiClient.Stream(FastCgiRecordType.Stdin, id, new byte[3]));
                wire.EndSending();
                break;
            case "process is to end":
                wire.Finish();
                break;
            case "a response breaks off":
                if (state != nameof(FastCgiConnectionState.Broken))
                    Begin(wire, 2, isKept);
                wire.Responder.Response!.BreakOff();
                Assert.False(wire.IsClosed);
                break;
            case "the only response breaks off":
                if (state == nameof(FastCgiConnectionState.Broken))
                    Respond(wire, 1, id: 2);
                wire.Responder.Response!.BreakOff();
                wire.Receive();
                wire.Pass(Limits.BreakLook);
                Assert.True(wire.IsClosed);
                break;
        }
        Assert.Equal(s_connection[Enum.Parse<FastCgiConnectionState>(state), @event], Connection(wire).State);
    }

    [Fact]
    public void A_response_that_breaks_off_between_two_turns_leaves_unread_what_has_come_meanwhile()
    {
        using var wire = new Wire(Protocols.FastCgi);
        Begin(wire, 1, isKept: true);
        ScriptedResponse answer = wire.Responder.Response!;
        FastCgiRequest request = Connection(wire).Find(1)!;
        answer.FailOutsideOfTurn();
        Assert.Equal((FastCgiRequestState.Broken, false), (request.State, wire.IsClosed));
        wire.Send(FastCgiSplitTests.Bytes(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[3])));
        Assert.True(wire.IsClosed);
        Assert.Equal(0, request.Exchange.Body.Received);
        Assert.Equal(10, Assert.Single(FastCgiSplitTests.Records(wire), record => record.Type == FastCgiRecordType.Stdout).Content.Length);
        Assert.Equal(SocketError.ConnectionReset, wire.WhatComesLast);
    }

    private static FastCgiConnection Connection(Wire wire) => (FastCgiConnection)wire.Connection;

    private static byte[] Pairs(int? length) => FastCgiClient.EncodePairs(length is null ? s_post : s_post.ForFastCgi(length.Value));

    private static void Send(Wire wire, params IEnumerable<FastCgiRecord> records) => wire.Send(FastCgiSplitTests.Bytes(records));

    /// <summary>Begins a request of which the body is to come.</summary>
    private static void Begin(Wire wire, int id, bool isKept) =>
        Send(wire, [FastCgiClient.Begin(id, keepConnection: isKept), .. FastCgiClient.Stream(FastCgiRecordType.Params, id, Pairs(3))]);

    /// <summary>Sends the body of a request, and answers it.</summary>
    private static void Respond(Wire wire, int index = 0, int id = 1)
    {
        Send(wire, FastCgiClient.Stream(FastCgiRecordType.Stdin, id, new byte[3]));
        wire.Responder.Responses[index].Write(10);
    }
}
