namespace Shims.Gateway.Connections;

/// <summary>Whether a connection is seen to, so that nothing advances it from inside, and nothing that changes meanwhile is missed.</summary>
internal struct Turn
{
    internal TurnState State { get; private set; }

    /// <summary>Something has changed.</summary>
    /// <returns>Whether the loop has to be asked for a turn.</returns>
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
