namespace Shims.Gateway.Scripts;

/// <summary>Waits for a script's end.</summary>
internal interface IScriptOwner
{
    /// <summary>The script has ended and has been collected.</summary>
    void OnScriptEnded();
}
