using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the table over <see cref="SingleRequestState"/>. The socket is full, so that no page leaves before it is to.</summary>
public sealed class SingleRequestStateTests
{
    private static readonly StateTable<SingleRequestState> s_table = new("""
                      part        relayed    shared  last        bad      half        gone   time       answer     broken  told
          Silent      Header      Streaming  Body    Responding  Refused  Ended       Ended  Refused    -          -       Ended
          Header      Header      Streaming  Body    Responding  Refused  Refused     Ended  Refused    -          -       Refused
          Body        Body        -          -       Responding  -        Refused     Ended  Refused    -          -       Refused
          Streaming   Streaming   -          -       Responding  -        Ended       Ended  Streaming  Streaming  Broken  Streaming
          Responding  Responding  -          -       -           -        Responding  Ended  Ended      Ended      Broken  Responding
          Refused     Refused     -          -       -           -        Refused     Ended  Ended      Ended      -       Refused
          Broken      Broken      -          -       -           -        Broken      Ended  Ended      -          Broken  Ended
          Ended       Ended       -          -       -           -        Ended       Ended  Ended      -          -       Ended
        """);

    private static readonly byte[] s_request = ScgiClient.Encode(RequestVariables.For("POST", "/script"), new byte[100]);

    private static readonly byte[] s_withoutBody = ScgiClient.Encode(RequestVariables.For("GET", "/script"), default);

    private static readonly int s_headerSize = s_request.Length - 100;

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_ScgiState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Connections/SingleRequestState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_ScgiState_where_the_table_says(string state, string @event)
    {
        bool isShared = state == nameof(SingleRequestState.Body) || @event == "shared";
        using var wire = new Wire(Protocols.Scgi, mode: isShared ? RunMode.Supervise : RunMode.Relay, isFull: true);
        // The rest of a request without a body is the header's end.
        byte[] request = @event == "last" && state is nameof(SingleRequestState.Silent) or nameof(SingleRequestState.Header) ? s_withoutBody : s_request;
        int sent = Reach(wire, state, request);
        Assert.Equal(state, StateOf(wire).ToString());

        Happen(wire, @event, request.AsSpan(sent));
        Assert.Equal(s_table[Enum.Parse<SingleRequestState>(state), @event], StateOf(wire));
        Assert.Empty(wire.Overdue);
    }

    private static SingleRequestState StateOf(Wire wire) => ((SingleRequestConnection)wire.Connection).State;

    private static int Reach(Wire wire, string state, byte[] request)
    {
        int sent = state switch
        {
            nameof(SingleRequestState.Silent) => 0,
            nameof(SingleRequestState.Header) => 1,
            nameof(SingleRequestState.Body) or nameof(SingleRequestState.Streaming) => s_headerSize + 3,
            nameof(SingleRequestState.Responding) or nameof(SingleRequestState.Broken) => request.Length,
            _ => 0,
        };
        if (sent > 0)
            wire.Send(request.AsSpan(0, sent));
        if (state is nameof(SingleRequestState.Refused) or nameof(SingleRequestState.Ended))
            wire.Send("nonsense"u8);
        if (state == nameof(SingleRequestState.Ended))
            wire.Receive();
        if (state == nameof(SingleRequestState.Broken))
        {
            wire.Receive();
            wire.Responder.Response!.BreakOff();
        }
        return sent;
    }

    private static void Happen(Wire wire, string @event, ReadOnlySpan<byte> rest)
    {
        switch (@event)
        {
            case "part":
                wire.Send(rest.IsEmpty ? "x"u8 : rest[..1]);
                break;
            case "relayed" or "shared":
                wire.Send(rest[..^50]);
                break;
            case "last":
                wire.Send(rest);
                break;
            case "bad":
                wire.Send("x"u8);
                break;
            case "half":
                wire.EndSending();
                break;
            case "gone":
                wire.HangUp();
                break;
            case "time":
                wire.Responder.Response?.Write(10);
                for (int quarter = 0; quarter < 5; quarter++)
                    wire.Pass(Math.Max(new Limits().HeaderSeconds, new Limits().ProgressSeconds) * 250);
                break;
            case "answer":
                wire.Responder.Response?.Write(10);
                wire.Receive();
                break;
            case "broken":
                wire.Receive();
                wire.Responder.Response!.BreakOff();
                break;
            case "told":
                wire.Finish();
                wire.Shutdown();
                break;
        }
    }
}
