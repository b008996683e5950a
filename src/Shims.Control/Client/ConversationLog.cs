using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Tells what happens, a line each: <c>*</c> about the connection, <c>&gt;</c> sent, <c>&lt;</c> received, <c>!</c> said on the side.</summary>
/// <param name="output">Where to.</param>
/// <param name="protocol">SCGI, where bytes are counted, or FastCGI, where records are told.</param>
internal sealed class ConversationLog(TextWriter output, Protocol protocol) : IGatewayObserver
{
    private readonly Lock _lock = new();

    public void OnConnected(GatewayAddress address) => WriteLine('*', address.Kind == AddressKind.Exec ? $"started {address}" : $"connected to {address}");

    public void OnVariables(IReadOnlyList<RequestVariable> variables)
    {
        foreach (RequestVariable variable in variables)
            WriteLine('>', $"{PrintableText.Of(variable.Name)}={PrintableText.Of(variable.Value)}");
    }

    public void OnSent(ReadOnlySpan<byte> bytes)
    {
        if (protocol == Protocols.Scgi)
            WriteLine('>', $"{bytes.Length} bytes");
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (protocol == Protocols.Scgi)
            WriteLine('<', $"{bytes.Length} bytes");
    }

    public void OnRecordSent(RecordHeader header, ReadOnlySpan<byte> content) => WriteLine('>', Describe(header, content));

    public void OnRecordReceived(RecordHeader header, ReadOnlySpan<byte> content) => WriteLine('<', Describe(header, content));

    public void OnStandardError(ReadOnlySpan<byte> bytes)
    {
        foreach (string line in Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n'))
            WriteLine('!', PrintableText.Of(Encoding.UTF8.GetBytes(line)));
    }

    internal void ShowHead(GatewayResponseHead head)
    {
        WriteLine('*', $"status {head.Status}");
        foreach (string line in Encoding.UTF8.GetString(head.Raw).TrimEnd().Split('\n'))
            WriteLine('<', PrintableText.Of(Encoding.UTF8.GetBytes(line.TrimEnd('\r'))));
    }

    internal void ShowEnd(GatewayResponse response)
    {
        if (response.EndRequest is { } end)
            WriteLine('*', $"the script's exit code is {end.ApplicationStatus}");
        if (response.CommandStatus is { } status)
            WriteLine('*', status.Signal == 0 ? $"the command has ended with {status.Code}" : $"the command was ended by signal {status.Signal}");
        WriteLine('*', $"{response.BodyLength} bytes of body; the response {response.End switch { ResponseEnd.Clean => "is complete", ResponseEnd.Early => "broke off", ResponseEnd.Reset => "ended in a reset", ResponseEnd.Refused => "is a refusal", _ => "is malformed" }}");
        ResponseTimes times = response.Times;
        WriteLine('*', $"connected after {Milliseconds(times.Connected)}, first byte {Milliseconds(times.FirstByte)}, header {Milliseconds(times.Head)}, last byte {Milliseconds(times.LastByte)}");
    }

    /// <summary>For instance <c>END_REQUEST, request 1, 8 bytes: application status 0, request complete</c>.</summary>
    private static string Describe(RecordHeader header, ReadOnlySpan<byte> content)
    {
        string meaning = header.Type switch
        {
            RecordType.BeginRequest when BeginRequestBody.TryRead(content, out BeginRequestBody begin) => $": {begin.Role}{(begin.KeepsConnection ? ", keep the connection" : "")}",
            RecordType.EndRequest when EndRequestBody.TryRead(content, out EndRequestBody end) => $": application status {end.ApplicationStatus}, protocol status {end.ProtocolStatus}",
            RecordType.Params or RecordType.Stdin or RecordType.Stdout or RecordType.Stderr or RecordType.Data when content.IsEmpty => ": end of the stream",
            _ => "",
        };
        return $"{NameOf(header.Type)}, request {header.RequestId}, {header.ContentLength} bytes, {header.PaddingLength} of padding{meaning}";
    }

    /// <summary>As the specification writes it, without FCGI_. Section 8.</summary>
    private static string NameOf(RecordType type) => type switch
    {
        RecordType.BeginRequest => "BEGIN_REQUEST",
        RecordType.AbortRequest => "ABORT_REQUEST",
        RecordType.EndRequest => "END_REQUEST",
        RecordType.GetValues => "GET_VALUES",
        RecordType.GetValuesResult => "GET_VALUES_RESULT",
        RecordType.UnknownType => "UNKNOWN_TYPE",
        _ when Enum.IsDefined(type) => type.ToString().ToUpperInvariant(),
        _ => $"type {(byte)type}",
    };

    private static string Milliseconds(TimeSpan? time) => time is { } known ? known.TotalMilliseconds.ToString("0.0 'ms'", CultureInfo.InvariantCulture) : "never";

    private void WriteLine(char mark, string text)
    {
        lock (_lock)
            output.WriteLine($"{mark} {text}");
    }
}
