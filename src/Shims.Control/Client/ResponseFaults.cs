using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>The faults that a response can have.</summary>
internal static class ResponseFaults
{
    private const string OtherProtocol = "if it speaks another protocol, use --scgi, --fastcgi, --uwsgi or --ajp";
    private const string EndHeader = "let the script write an empty line after its header";
    private const string Report = "report it to the author of the FastCGI application";
    private const string ReportContainer = "report it to the author of the container";

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

    /// <summary>The response is of another protocol.</summary>
    /// <param name="spoken">That of the response.</param>
    /// <param name="requested">That of the request.</param>
    internal static PeerFault SpeaksOther(Protocol spoken, Protocol requested) => new(
        $"the response is {spoken.Name}{(spoken == Protocols.Scgi ? " (a plain CGI response)" : "")}, but the request was {requested.Name}",
        $"use {(spoken == Protocols.Ajp13 ? "--ajp (" : $"--{spoken.Word} (nginx: {spoken.Word}_pass; ")}Apache: {spoken.Scheme}://)");

    internal static PeerFault SpeaksHttp { get; } = new(
        "the response is HTTP: this is a web server, or a gateway that speaks uwsgi",
        "use curl or --uwsgi, or give --to the socket to which the web server passes requests");

    internal static PeerFault NotARecord { get; } = new("the response is not a FastCGI record",
        "check whether the gateway speaks SCGI: --scgi");

    internal static PeerFault NotAPacket { get; } = new("the response is not a packet of AJP13",
        "check which protocol the gateway speaks: --scgi, --fastcgi or --uwsgi");

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

    internal static PeerFault ChunkOfWrongSize(int length, int size) =>
        new($"AJP13 protocol error: SEND_BODY_CHUNK announces {length} bytes and a NUL, and has {size}", ReportContainer);

    internal static PeerFault UnexpectedPacket(int type) =>
        new($"AJP13 protocol error: a packet of type {type} that is malformed, or may not come here", ReportContainer);

    internal static PeerFault BytesAfterEnd(int count) =>
        new($"AJP13 protocol error: {count} bytes after END_RESPONSE, which Apache takes for a part of the next response", ReportContainer);

    /// <summary>True if a response begins as the header of CGI does.</summary>
    internal static bool LooksLikeHeader(ReadOnlySpan<byte> start) =>
        char.IsAsciiLetter((char)start[0]) && start[..Math.Max(0, start.IndexOf((byte)'\n'))].Contains((byte)':');

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
