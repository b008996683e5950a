namespace Shims.Control.Client;

/// <summary>Wants to know nothing.</summary>
internal sealed class SilentObserver : IGatewayObserver
{
    internal static SilentObserver Instance { get; } = new();
}
