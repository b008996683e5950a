using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>What can be wrong with a response.</summary>
internal static class ResponseFaults
{
    internal static PeerFault Reset { get; } = new(
        "the connection was reset: the response broke off, or the gateway left a part of the request unread",
        "look into the gateway's log for a script that was killed, ran out of time or never read its input");

    internal static PeerFault Silent { get; } = new(
        "the gateway closed the connection without a word",
        "look into its log; and see whether it speaks the other protocol: --scgi, --fastcgi");

    /// <summary>The same of a command, of which more is known.</summary>
    internal static PeerFault SilentCommand(ExitStatus status) => new(
        status.Signal == 0 ? $"the command ended with exit status {status.Code} before it answered" : $"the command was ended by signal {status.Signal} before it answered",
        "see what it wrote to standard error, and whether it speaks the other protocol: --scgi, --fastcgi");

    internal static PeerFault Empty { get; } = new("the response is empty", "look into the error output for what the script died of");

    internal static PeerFault SpeaksFastCgi { get; } = new("the answer is FastCGI, but SCGI was spoken", "use --fastcgi (in nginx fastcgi_pass; Apache: fcgi://)");

    internal static PeerFault SpeaksScgi { get; } = new("the answer is a bare CGI response, as SCGI has it, but FastCGI was spoken", "use --scgi (in nginx scgi_pass; Apache: scgi://)");

    internal static PeerFault SpeaksHttp { get; } = new("the answer is HTTP", "this is a web server and no gateway: use curl, or give --to the socket that the web server passes requests to");

    internal static PeerFault NoRecord { get; } = new("what came is no FastCGI record", "see whether the gateway speaks SCGI: --scgi");

    internal static PeerFault BrokeOff { get; } = new("the connection was closed before the end of the response", "look into the gateway's log for a script that died");

    internal static PeerFault HeadTooLong { get; } = new($"the header of the response is longer than {GatewayResponse.MaxHead / 1024} KiB", "let the script write an empty line after its header");

    internal static PeerFault HeadUnfinished { get; } = new("the response ended within its header", "let the script write an empty line after its header");

    internal static PeerFault TooShort(long announced, long came) => new($"the body has {came} bytes, but Content-Length announces {announced}", "look for a script that died half-way");

    internal static PeerFault TooLong(long announced, long came) => new(
        $"the body has {came} bytes, but Content-Length announces {announced}: visitors get the first {announced}",
        "count bytes and not characters, or leave Content-Length out");

    internal static PeerFault ForOtherRequest(int id) => new($"a record is for request {id}, but there is only request {RequestWriter.RequestId}", "report it to whoever wrote the FastCGI application");

    internal static PeerFault EndRequestOfWrongSize(int size) => new($"END_REQUEST has {size} bytes of content, but must have {FastCgi.EndRequestBody.Size}", "report it to whoever wrote the FastCGI application");

    internal static PeerFault UnknownRecord(int type) => new($"a record of type {type} came, which an application may not send", "report it to whoever wrote the FastCGI application");

    internal static PeerFault Refused(FastCgi.ProtocolStatus status) => status switch
    {
        FastCgi.ProtocolStatus.Overloaded => new("the application is overloaded (FCGI_OVERLOADED)", "let it serve more requests at a time, or ask again later"),
        FastCgi.ProtocolStatus.UnknownRole => new("the application does not know the role (FCGI_UNKNOWN_ROLE)", "leave --role out, or ask an application that has this role"),
        FastCgi.ProtocolStatus.CannotMultiplex => new("the application says that it cannot multiplex (FCGI_CANT_MPX_CONN), though there is one request only", "report it to whoever wrote the FastCGI application"),
        _ => new($"END_REQUEST has the protocol status {(byte)status}, which does not exist", "report it to whoever wrote the FastCGI application"),
    };
}
