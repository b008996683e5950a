namespace Shims.Control.Client;

/// <summary>Ignores every event.</summary>
internal sealed class SilentObserver : IGatewayObserver
{
    internal static SilentObserver Instance { get; } = new();
}
