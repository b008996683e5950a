namespace Shims.Control.Client;

/// <summary>Passes on what the gateway says on the side, and nothing else.</summary>
internal sealed class ErrorEcho : IGatewayObserver
{
    private readonly Stream _error = Console.OpenStandardError();

    public void OnStandardError(ReadOnlySpan<byte> bytes)
    {
        lock (_error)
            _error.Write(bytes);
    }
}
