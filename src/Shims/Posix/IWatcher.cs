namespace Shims.Posix;

/// <summary>A watcher of descriptors.</summary>
internal interface IWatcher
{
    /// <summary>Called when the readiness of the descriptor has changed; only changes are told.</summary>
    void OnReady(int descriptor, Readiness readiness);
}
