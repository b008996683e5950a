using Shims.Gateway.Connections;

namespace Shims.Tests.Gateway;

public sealed class TurnStateTests
{
    private static readonly StateTable<TurnState> s_table = new("""
                         Ask            Begin     End
          None           Scheduled      UnderWay  None
          Scheduled      Scheduled      UnderWay  None
          UnderWay       UnderWayAgain  UnderWay  None
          UnderWayAgain  UnderWayAgain  UnderWay  UnderWay
        """);

    public static TheoryData<string, string> Cells => s_table.Cells;

    [Fact]
    public void The_comment_over_TurnState_shows_its_table() => s_table.IsShownIn("src/Shims/Gateway/Connections/TurnState.cs");

    [Theory, MemberData(nameof(Cells))]
    public void Every_event_leads_from_every_TurnState_where_the_table_says(string state, string @event)
    {
        var turn = default(Turn);
        if (state is nameof(TurnState.UnderWay) or nameof(TurnState.UnderWayAgain))
            turn.Begin();
        if (state is nameof(TurnState.Scheduled) or nameof(TurnState.UnderWayAgain))
            turn.Ask();
        Assert.Equal(state, turn.State.ToString());

        switch (@event)
        {
            case "Ask":
                Assert.Equal(state == nameof(TurnState.None), turn.Ask()); // the loop is asked once
                break;
            case "Begin":
                turn.Begin();
                break;
            case "End":
                Assert.Equal(state != nameof(TurnState.UnderWayAgain), turn.End()); // another round sees to what has changed
                break;
        }
        Assert.Equal(s_table[Enum.Parse<TurnState>(state), @event], turn.State);
    }
}
