namespace Shims.Control.Client;

/// <summary>Copies the gateway's error output to standard error.</summary>
internal sealed class ErrorEcho : IGatewayObserver
{
    private readonly Stream _error = Console.OpenStandardError();

    public void OnStandardError(ReadOnlySpan<byte> bytes)
    {
        lock (_error)
            _error.Write(bytes);
    }
}
