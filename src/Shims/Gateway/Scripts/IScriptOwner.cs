namespace Shims.Gateway.Scripts;

/// <summary>Waits for a script's end.</summary>
internal interface IScriptOwner
{
    /// <summary>The script's path, on one printable line.</summary>
    string Script { get; }

    /// <summary>The script has ended and has been collected.</summary>
    void OnScriptEnded();
}
