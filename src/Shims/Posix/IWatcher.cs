namespace Shims.Posix;

/// <summary>Someone who wants to know what can be done with a descriptor.</summary>
internal interface IWatcher
{
    /// <summary>Something about the descriptor has changed; only changes are told.</summary>
    void OnReady(int descriptor, Readiness readiness);
}
