using System.Globalization;
using System.Text;
using Shims.Ajp;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Prints each event on a line: <c>*</c> about the connection, <c>&gt;</c> sent, <c>&lt;</c> received, <c>!</c> standard
/// error.</summary>
/// <param name="output">Destination of the lines.</param>
/// <param name="protocol">SCGI or uwsgi, for which bytes are counted; FastCGI or AJP13, for which records or packets are printed.</param>
internal sealed class ConversationLog(TextWriter output, Protocol protocol) : IGatewayObserver
{
    private readonly Lock _lock = new();

    private bool HasFrames => protocol == Protocols.FastCgi || protocol == Protocols.Ajp13;

    public void OnConnected(GatewayAddress address) =>
        WriteLine('*', address.Kind == AddressKind.Exec ? $"started {address}" : $"connected to {address}");

    public void OnVariables(IReadOnlyList<RequestVariable> variables)
    {
        foreach (RequestVariable variable in variables)
            WriteLine('>', $"{PrintableText.Of(variable.Name)}={PrintableText.Of(variable.Value)}");
    }

    public void OnSent(ReadOnlySpan<byte> bytes)
    {
        if (!HasFrames)
            WriteLine('>', $"{bytes.Length} bytes");
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (!HasFrames)
            WriteLine('<', $"{bytes.Length} bytes");
    }

    public void OnRecordSent(RecordHeader header, ReadOnlySpan<byte> content) => WriteLine('>', Describe(header, content));

    public void OnRecordReceived(RecordHeader header, ReadOnlySpan<byte> content) => WriteLine('<', Describe(header, content));

    public void OnPacketSent(ReadOnlySpan<byte> payload, bool isBody) =>
        WriteLine('>', isBody ? $"a part of the body, {Math.Max(0, payload.Length - 2)} bytes" : $"FORWARD_REQUEST, {payload.Length} bytes");

    public void OnPacketReceived(ReadOnlySpan<byte> payload) => WriteLine('<', payload switch
    {
        [(byte)PacketType.GetBodyChunk, var high, var low] => $"GET_BODY_CHUNK: at most {high << 8 | low} bytes",
        [(byte)PacketType.EndResponse, var reuse] => $"END_RESPONSE: the connection {(reuse == 1 ? "takes another request" : "is closed")}",
        [(byte)PacketType.SendHeaders, ..] => $"SEND_HEADERS, {payload.Length} bytes",
        [(byte)PacketType.SendBodyChunk, ..] => $"SEND_BODY_CHUNK, {Math.Max(0, payload.Length - 4)} bytes",
        [(byte)PacketType.CPong, ..] => "CPONG",
        [var type, ..] => $"type {type}, {payload.Length} bytes",
        [] => "an empty packet",
    });

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
        if (response.EndRequest is { } endRequest)
            WriteLine('*', $"the exit status of the script is {endRequest.ApplicationStatus}");
        if (response.CommandStatus is { } status)
        {
            WriteLine('*', status.Signal == 0 ? $"the exit status of the command is {status.Code}"
                : $"the command was killed by signal {status.Signal}");
        }
        string end = response.End switch
        {
            ResponseEnd.Clean => "is complete",
            ResponseEnd.Early => "is truncated",
            ResponseEnd.Reset => "ended with a connection reset",
            ResponseEnd.Refused => "is a refusal",
            _ => "is malformed",
        };
        WriteLine('*', $"{response.BodyLength} bytes of body; the response {end}");
        ResponseTimes times = response.Times;
        WriteLine('*', $"connected after {Milliseconds(times.Connected)}, first byte {Milliseconds(times.FirstByte)}, " +
            $"header {Milliseconds(times.Head)}, last byte {Milliseconds(times.LastByte)}");
    }

    /// <summary>For instance <c>END_REQUEST, request 1, 8 bytes: application status 0, request complete</c>.</summary>
    private static string Describe(RecordHeader header, ReadOnlySpan<byte> content)
    {
        string meaning = header.Type switch
        {
            RecordType.BeginRequest when BeginRequestBody.TryRead(content, out BeginRequestBody begin) =>
                $": {begin.Role}{(begin.KeepsConnection ? ", keep the connection" : "")}",
            RecordType.EndRequest when EndRequestBody.TryRead(content, out EndRequestBody end) =>
                $": application status {end.ApplicationStatus}, protocol status {end.ProtocolStatus}",
            RecordType.Params or RecordType.Stdin or RecordType.Stdout or RecordType.Stderr or RecordType.Data when content.IsEmpty =>
                ": end of the stream",
            _ => "",
        };
        return $"{NameOf(header.Type)}, request {header.RequestId}, {header.ContentLength} bytes, " +
            $"{header.PaddingLength} of padding{meaning}";
    }

    /// <summary>The name in FastCGI 1.0 section 8, without FCGI_.</summary>
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

    private static string Milliseconds(TimeSpan? time) =>
        time is { } known ? known.TotalMilliseconds.ToString("0.0 'ms'", CultureInfo.InvariantCulture) : "never";

    private void WriteLine(char mark, string text)
    {
        lock (_lock)
            output.WriteLine($"{mark} {text}");
    }
}
