using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the table over <see cref="ScgiState"/>. The socket is full, so that no page leaves before it is to.</summary>
public sealed class ScgiStateTests
{
    private static readonly StateTable<ScgiState> s_table = new("""
                      part        relayed    shared  last        bad      half        gone   time       answer     broken  told
          Silent      Header      Streaming  Body    Responding  Refused  Ended       Ended  Refused    -          -       Ended
          Header      Header      Streaming  Body    Responding  Refused  Refused     Ended  Refused    -          -       Refused
          Body        Body        -          -       Responding  -        Refused     Ended  Refused    -          -       Refused
          Streaming   Streaming   -          -       Responding  -        Ended       Ended  Streaming  Streaming  Ended   Streaming
          Responding  Responding  -          -       -           -        Responding  Ended  Ended      Ended      Ended   Responding
          Refused     Refused     -          -       -           -        Refused     Ended  Ended      Ended      -       Refused
          Ended       Ended       -          -       -           -        Ended       Ended  Ended      -          -       Ended
        """);

    private static readonly byte[] s_request = ScgiClient.Encode(RequestVariables.For("POST", "/script"), new byte[100]);

    private static readonly byte[] s_withoutBody = ScgiClient.Encode(RequestVariables.For("GET", "/script"), default);

    private static readonly int s_headerSize = s_request.Length - 100;

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_ScgiState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Connections/ScgiState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_ScgiState_where_the_table_says(string state, string @event)
    {
        bool isShared = state == nameof(ScgiState.Body) || @event == "shared";
        using var wire = new Wire(Protocols.Scgi, mode: isShared ? RunMode.Supervise : RunMode.Relay, isFull: true);
        // The rest of a request without a body is the header's end.
        byte[] request = @event == "last" && state is nameof(ScgiState.Silent) or nameof(ScgiState.Header) ? s_withoutBody : s_request;
        int sent = Reach(wire, state, request);
        Assert.Equal(state, StateOf(wire).ToString());

        Happen(wire, @event, request.AsSpan(sent));
        Assert.Equal(s_table[Enum.Parse<ScgiState>(state), @event], StateOf(wire));
        Assert.Empty(wire.Overdue);
    }

    private static ScgiState StateOf(Wire wire) => ((ScgiConnection)wire.Connection).State;

    private static int Reach(Wire wire, string state, byte[] request)
    {
        int sent = state switch
        {
            nameof(ScgiState.Silent) => 0,
            nameof(ScgiState.Header) => 1,
            nameof(ScgiState.Body) or nameof(ScgiState.Streaming) => s_headerSize + 3,
            nameof(ScgiState.Responding) => request.Length,
            _ => 0,
        };
        if (sent > 0)
            wire.Send(request.AsSpan(0, sent));
        if (state is nameof(ScgiState.Refused) or nameof(ScgiState.Ended))
            wire.Send("nonsense"u8);
        if (state == nameof(ScgiState.Ended))
            wire.Receive();
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
