using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the table over <see cref="SingleRequestState"/>, over SCGI and over uwsgi. The socket is full, so that no page leaves before it is to.</summary>
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

    private const int BodySize = 100;

    /// <summary>Below this the variables of a uwsgi request are too long, which is the only fault that they can have before they are there.</summary>
    private static readonly Limits s_limits = new() { HeaderSize = 60_000 };

    private static readonly RequestVariables s_post = RequestVariables.For("POST", "/script"), s_get = RequestVariables.For("GET", "/script");

    public static TheoryData<string, string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, bool>();
            foreach (TheoryDataRow<string, string> cell in s_table.Cells)
            {
                cells.Add(cell.Data.Item1, cell.Data.Item2, false);
                cells.Add(cell.Data.Item1, cell.Data.Item2, true);
            }
            return cells;
        }
    }

    [Fact]
    public void The_comment_over_SingleRequestState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Connections/SingleRequestState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_SingleRequestState_where_the_table_says(string state, string @event, bool isUwsgi)
    {
        bool isShared = state == nameof(SingleRequestState.Body) || @event == "shared";
        using var wire = new Wire(isUwsgi ? Protocols.Uwsgi : Protocols.Scgi, limits: s_limits, mode: isShared ? RunMode.Supervise : RunMode.Relay, isFull: true);
        // The rest of a request without a body is the header's end.
        byte[] request = @event == "last" && state is nameof(SingleRequestState.Silent) or nameof(SingleRequestState.Header) ? Encode(s_get, isUwsgi, 0) : Encode(s_post, isUwsgi, BodySize);
        int sent = Reach(wire, state, request);
        Assert.Equal(state, StateOf(wire).ToString());

        Happen(wire, @event, request.AsSpan(sent), isUwsgi && state == nameof(SingleRequestState.Header) ? [255, 255, 0] : "x"u8);
        Assert.Equal(s_table[Enum.Parse<SingleRequestState>(state), @event], StateOf(wire));
        Assert.Empty(wire.Overdue);
    }

    private static SingleRequestState StateOf(Wire wire) => ((SingleRequestConnection)wire.Connection).State;

    private static byte[] Encode(RequestVariables variables, bool isUwsgi, int bodySize) =>
        isUwsgi ? UwsgiClient.Encode(variables, new byte[bodySize]) : ScgiClient.Encode(variables, new byte[bodySize]);

    private static int Reach(Wire wire, string state, byte[] request)
    {
        int sent = state switch
        {
            nameof(SingleRequestState.Silent) => 0,
            nameof(SingleRequestState.Header) => 1,
            nameof(SingleRequestState.Body) or nameof(SingleRequestState.Streaming) => request.Length - BodySize + 3,
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

    private static void Happen(Wire wire, string @event, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> bad)
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
                wire.Send(bad);
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
