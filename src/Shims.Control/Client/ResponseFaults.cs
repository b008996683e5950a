using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>The faults that a response can have.</summary>
internal static class ResponseFaults
{
    private const string OtherProtocol = "if it speaks another protocol, use --scgi or --fastcgi";
    private const string EndHeader = "let the script write an empty line after its header";
    private const string Report = "report it to the author of the FastCGI application";

    internal static PeerFault Reset { get; } = new(
        "connection reset by peer (ECONNRESET): the response is truncated, or the gateway left a part of the request unread",
        "the gateway's log says whether the script was killed, timed out or did not read its input");

    internal static PeerFault NoResponse { get; } = new("the gateway closed the connection without a response",
        $"see the gateway's log; {OtherProtocol}");

    /// <summary>No response from a command, whose exit status is known.</summary>
    internal static PeerFault NoResponseOf(ExitStatus status) => new(
        status.Signal == 0
            ? $"the command ended with exit status {status.Code} before it sent a response"
            : $"the command was killed by signal {status.Signal} before it sent a response",
        $"see what it wrote to standard error; {OtherProtocol}");

    internal static PeerFault Empty { get; } = new("the response is empty", "see what the script wrote to standard error");

    internal static PeerFault SpeaksFastCgi { get; } = new(
        "the response is FastCGI, but the request was SCGI",
        "use --fastcgi (nginx: fastcgi_pass; Apache: fcgi://)");

    internal static PeerFault SpeaksScgi { get; } = new(
        "the response is SCGI (a plain CGI response), but the request was FastCGI",
        "use --scgi (nginx: scgi_pass; Apache: scgi://)");

    internal static PeerFault SpeaksHttp { get; } = new(
        "the response is HTTP: this is a web server, not a gateway",
        "use curl, or give --to the socket to which the web server passes requests");

    internal static PeerFault NotARecord { get; } = new("the response is not a FastCGI record",
        "check whether the gateway speaks SCGI: --scgi");

    internal static PeerFault Truncated { get; } = new(
        "the response is truncated: the connection was closed before its end",
        "the gateway's log says whether the script crashed");

    internal static PeerFault HeadTooLong { get; } = new($"the header of the response is longer than {GatewayResponse.MaxHead / 1024} KiB",
        EndHeader);

    internal static PeerFault HeadUnfinished { get; } = new("the response ended within its header", EndHeader);

    internal static PeerFault TooShort(long announced, long received) => new(
        $"the body has {received} bytes, but Content-Length announces {announced}",
        "look for a script that died half-way");

    internal static PeerFault TooLong(long announced, long received) => new(
        $"the body has {received} bytes, but Content-Length announces {announced}: visitors get the first {announced}",
        "count bytes and not characters, or leave Content-Length out");

    internal static PeerFault ForOtherRequest(int id) =>
        new($"FastCGI protocol error: a record has the request id {id}, but the only request has {RequestWriter.RequestId}", Report);

    internal static PeerFault EndRequestOfWrongSize(int size) =>
        new($"FastCGI protocol error: FCGI_END_REQUEST has {size} bytes of content instead of {EndRequestBody.Size}", Report);

    internal static PeerFault UnknownRecord(int type) =>
        new($"FastCGI protocol error: a record of type {type}, which an application may not send", Report);

    internal static PeerFault Refused(ProtocolStatus status) => status switch
    {
        ProtocolStatus.Overloaded =>
            new("the application is overloaded (FCGI_OVERLOADED)", "allow it more requests at a time, or send the request again later"),
        ProtocolStatus.UnknownRole =>
            new("the application does not have this role (FCGI_UNKNOWN_ROLE)", "leave --role out, or ask an application that has it"),
        ProtocolStatus.CannotMultiplex =>
            new("the application cannot multiplex (FCGI_CANT_MPX_CONN), although this is the only request on the connection", Report),
        _ => new($"FastCGI protocol error: the protocol status {(byte)status} in FCGI_END_REQUEST does not exist", Report),
    };
}
