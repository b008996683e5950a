using Shims.FastCgi;

namespace Shims.Control.Client;

/// <summary>Events of a connection to a gateway. Sending, receiving and standard error have threads of their own, so calls may
/// overlap.</summary>
/// <remarks>Bytes are views, valid during the call.</remarks>
internal interface IGatewayObserver
{
    /// <summary>The connection is open, or the command has been started.</summary>
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

    /// <summary>Bytes have been sent, of any protocol.</summary>
    void OnSent(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>Bytes have been received, of any protocol.</summary>
    void OnReceived(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>A FastCGI record is about to be sent.</summary>
    void OnRecordSent(RecordHeader header, ReadOnlySpan<byte> content)
    {
    }

    /// <summary>A whole FastCGI record has been received.</summary>
    void OnRecordReceived(RecordHeader header, ReadOnlySpan<byte> content)
    {
    }

    /// <summary>A packet of AJP13 is about to be sent.</summary>
    /// <param name="payload">The bytes after its header.</param>
    /// <param name="isBody">True if it holds a part of the body, and no type.</param>
    void OnPacketSent(ReadOnlySpan<byte> payload, bool isBody)
    {
    }

    /// <summary>A whole packet of AJP13 has been received.</summary>
    void OnPacketReceived(ReadOnlySpan<byte> payload)
    {
    }

    /// <summary>The command has written to its standard error, or the gateway has sent FCGI_STDERR.</summary>
    void OnStandardError(ReadOnlySpan<byte> bytes)
    {
    }
}
