namespace Shims.Gateway.Requests;

/// <summary>A script that runs.</summary>
internal interface IRunningScript
{
    /// <summary>Its process's number.</summary>
    int Id { get; }

    /// <summary>Asks the script and all that it started to end, and ends them if they do not.</summary>
    void Stop(StopReason reason);

    /// <summary>Ends the processes that the script has left, and the script itself if it still runs.</summary>
    void EndGroup();
}
