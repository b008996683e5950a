namespace Shims.Gateway.Connections;

/// <summary>The turn of a connection: nothing advances the connection from inside, and no change in the meantime is missed.</summary>
internal struct Turn
{
    internal TurnState State { get; private set; }

    /// <summary>Notes a change.</summary>
    /// <returns>True if the loop has to be asked for a turn.</returns>
    internal bool Ask()
    {
        bool isFirst = State == TurnState.None;
        State = State is TurnState.None or TurnState.Scheduled ? TurnState.Scheduled : TurnState.UnderWayAgain;
        return isFirst;
    }

    /// <summary>The connection is seen to from now on.</summary>
    internal void Begin() => State = TurnState.UnderWay;

    /// <summary>All has been done that could be.</summary>
    /// <returns>False if something has changed meanwhile: then another round begins.</returns>
    internal bool End()
    {
        bool isOver = State != TurnState.UnderWayAgain;
        State = isOver ? TurnState.None : TurnState.UnderWay;
        return isOver;
    }
}
