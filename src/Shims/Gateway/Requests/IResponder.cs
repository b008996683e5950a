namespace Shims.Gateway.Requests;

/// <summary>Responds to requests of every protocol.</summary>
internal interface IResponder
{
    /// <summary>True if nothing is running that the end of the process would cut off.</summary>
    bool IsIdle => true;

    /// <summary>The number of event loops that may use it at once. One is enough if it never blocks a loop.</summary>
    int MaxLoops => 1;

    /// <summary>Called once, before the first request.</summary>
    /// <param name="first">The first loop of the process.</param>
    /// <param name="servesMany">False if the process serves one connection only.</param>
    void Prepare(LoopContext first, bool servesMany)
    {
    }

    /// <summary>Begins to answer a request whose variables have been read.</summary>
    /// <param name="exchange">The request. Its response, or the page that says why there is none, is set.</param>
    /// <param name="connection">The connection if the response may be written to it past the exchange, else -1.</param>
    void Start(Exchange exchange, int connection);

    /// <summary>Lets a loop go round until what it serves is over. Meanwhile other threads may have the loop; it is the caller's before and after.</summary>
    /// <param name="round">Lets it go round once.</param>
    /// <param name="isOver">Asked by the thread that has the loop.</param>
    void Drive(Action round, Func<bool> isOver)
    {
        while (!isOver())
            round();
    }

    /// <summary>The process ends now, whatever is still running.</summary>
    void Shutdown()
    {
    }
}
