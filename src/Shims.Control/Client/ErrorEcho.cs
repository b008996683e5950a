using Shims.Control.Terminal;

namespace Shims.Control.Client;

/// <summary>Copies the gateway's error output to standard error.</summary>
internal sealed class ErrorEcho : IGatewayObserver
{
    private readonly StandardOutput _error = new(2);

    public void OnStandardError(ReadOnlySpan<byte> bytes)
    {
        lock (_error)
            _error.Write(bytes);
    }
}
