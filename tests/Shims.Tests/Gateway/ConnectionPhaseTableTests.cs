using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Each cell of the table over <see cref="ConnectionPhase"/>, on the wire that has all phases.</summary>
public sealed class ConnectionPhaseTableTests
{
    private static readonly StateTable<ConnectionPhase> s_table = new("""
                     request    answered  kept  full     broken  nonsense   room       half      gone    time      told       lack
          Opening    Serving    -         -     -        -       Lingering  Opening    Closed    Closed  Closed    Opening    Opening
          Serving    Serving    Closed    Idle  Sending  Closed  Closed     Serving    Serving   Closed  -         Serving    Serving
          Sending    Serving    -         -     -        -       Closed     Idle       Sending   Closed  Closed    Sending    Sending
          Breaking   Breaking   -         -     -        -       Closed     Closed     Breaking  Closed  Breaking  Breaking   Breaking
          Idle       Serving    -         -     -        -       Closed     Idle       Closed    Closed  Closed    Closed     Closed
          Lingering  Lingering  -         -     -        -       Lingering  Lingering  Closed    Closed  Closed    Lingering  Closed
          Closed     -          -         -     -        -       -          -          -         Closed  -         Closed     Closed
        """);

    private static readonly RequestVariables s_get = RequestVariables.For("GET", "/script");

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_the_phases_shows_the_table() => s_table.IsShownIn("src/Shims/Gateway/Connections/ConnectionPhase.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_phase_where_the_table_says(string phase, string @event)
    {
        using var wire = new Wire(Protocols.FastCgi);
        Reach(wire, phase, keepsConnection: @event != "answered");
        Assert.Equal(phase, wire.Connection.Phase.ToString());

        Happen(wire, phase, @event);
        Assert.Equal(s_table[Enum.Parse<ConnectionPhase>(phase), @event], wire.Connection.Phase);
        Assert.Empty(wire.Overdue);
    }

    private static void Reach(Wire wire, string phase, bool keepsConnection)
    {
        switch (phase)
        {
            case nameof(ConnectionPhase.Serving):
                wire.Send(FastCgiClient.Encode(s_get, keepConnection: keepsConnection));
                break;
            case nameof(ConnectionPhase.Sending):
                wire.Send(FastCgiClient.Encode(s_get, keepConnection: true));
                wire.Responder.Response!.Write(300_000);
                break;
            case nameof(ConnectionPhase.Breaking):
                wire.Send(FastCgiClient.Encode(s_get, requestId: 1, keepConnection: true));
                ScriptedResponse first = wire.Responder.Response!;
                wire.Send(FastCgiClient.Encode(s_get, requestId: 2, keepConnection: true));
                first.BreakOff();
                wire.Responder.Response!.Write(10);
                break;
            case nameof(ConnectionPhase.Idle):
                wire.Send(FastCgiClient.Encode(s_get, keepConnection: true));
                wire.Responder.Response!.Write(10);
                break;
            case nameof(ConnectionPhase.Lingering):
                wire.Send("12:nonsense"u8);
                break;
            case nameof(ConnectionPhase.Closed):
                wire.HangUp();
                break;
        }
    }

    private static void Happen(Wire wire, string phase, string @event)
    {
        switch (@event)
        {
            case "request":
                wire.Send(FastCgiClient.Encode(s_get, requestId: 3, keepConnection: true));
                break;
            case "answered" or "kept":
                wire.Responder.Response!.Write(10);
                break;
            case "full":
                wire.Responder.Response!.Write(300_000);
                break;
            case "broken":
                wire.Responder.Response!.BreakOff();
                break;
            case "nonsense":
                wire.Send("12:nonsense"u8);
                break;
            case "room":
                wire.Receive();
                wire.Pass(Limits.BreakLook);
                break;
            case "half":
                wire.EndSending();
                break;
            case "gone":
                wire.HangUp();
                break;
            case "time":
                // How much a peer has taken is asked five times.
                for (int i = 0; i < 5 && !wire.IsClosed; i++)
                    wire.Pass(wire.Connection.Deadline - wire.Now);
                break;
            case "told":
                wire.Finish();
                break;
            case "lack":
                bool isFree = wire.TryMakeRoom();
                Assert.Equal(isFree, phase is nameof(ConnectionPhase.Idle) or nameof(ConnectionPhase.Lingering));
                break;
        }
    }
}
