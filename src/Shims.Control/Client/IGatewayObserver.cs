using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>Is told what happens on a connection to a gateway. Sending, receiving and the command's standard error each have a thread of their own, so calls may overlap.</summary>
/// <remarks>Bytes are views, good for the time of the call.</remarks>
internal interface IGatewayObserver
{
    /// <summary>The connection stands, or the command has been started.</summary>
    void OnConnected(GatewayAddress address)
    {
    }

    /// <summary>A command has been started for the connection.</summary>
    void OnStarted(int process)
    {
    }

    /// <summary>The request's variables are about to be sent.</summary>
    void OnVariables(IReadOnlyList<RequestVariable> variables)
    {
    }

    /// <summary>Bytes have been sent, of whichever protocol.</summary>
    void OnSent(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>Bytes have been received, of whichever protocol.</summary>
    void OnReceived(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>A FastCGI record is about to be sent.</summary>
    void OnRecordSent(RecordHeader header, ReadOnlySpan<byte> content)
    {
    }

    /// <summary>A FastCGI record has been received in full.</summary>
    void OnRecordReceived(RecordHeader header, ReadOnlySpan<byte> content)
    {
    }

    /// <summary>The command has written to its descriptor 2, or the gateway has sent FCGI_STDERR.</summary>
    void OnStandardError(ReadOnlySpan<byte> bytes)
    {
    }
}
