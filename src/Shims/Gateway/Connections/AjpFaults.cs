using Shims.Diagnostics;

namespace Shims.Gateway.Connections;

/// <summary>The faults of what comes on an AJP13 connection, each with its cure. Nothing of the request is in them.</summary>
internal static class AjpFaults
{
    /// <summary>The connection has ended in the middle of a request.</summary>
    internal static Fault Cut => OfPeer("the connection ended before the whole AJP13 request had come", "see the web server's log for why it broke off");

    /// <summary>What has come is not a packet.</summary>
    internal static Fault NotAPacket => OfPeer("the web server sent something that is not an AJP13 packet", "see whether it speaks AJP13 here (Apache: ProxyPass ajp://)");

    /// <summary>There are too many variables: see <see cref="Cgi.CgiVariables.MaxCount"/>.</summary>
    internal static Fault TooMany => OfPeer("the AJP13 request has more than a thousand headers", "configure the web server to refuse it (Apache: LimitRequestFields)");

    /// <summary>The web server has not proved who it is. Which of the two it is would help those who guess.</summary>
    internal static Fault WrongSecret =>
        OfPeer("the web server sent no secret, or another one than --secret-file has", "write the same into both: Apache has secret= in ProxyPass, mod_jk worker.NAME.secret") with { Status = 403 };

    /// <summary>The data packets of lighttpd's mod_ajp13, 1.4.69.</summary>
    internal static Fault NoInnerLength =>
        OfPeer("a packet with a request's body does not begin with the length of what is in it", "lighttpd's mod_ajp13 sends uploads so: use its fastcgi.server or scgi.server, and fcgi-run or scgi-run, in its place");

    /// <summary>More of a body has come than was announced.</summary>
    internal static Fault LongBody => OfPeer("a packet has more of the request's body than its Content-Length says", "see whether it is a web server that has sent it, and which");

    internal static Fault NoMemory => new(503, "there is no memory for the request's variables", "raise the limit on address space (ulimit -v), or lower --max-header") { ExitCode = ExitCode.SystemError };

    /// <summary>A request cannot be read.</summary>
    /// <param name="problem">As from <see cref="Ajp.ForwardRequest.Read"/>.</param>
    internal static Fault Malformed(string problem) => OfPeer($"the AJP13 request {problem}", "see the web server's log, and whether something else can reach this socket");

    internal static Fault TooLong(int size) => OfPeer($"the AJP13 packet is longer than {size} bytes", "raise --max-header, or configure the web server to send less");

    internal static Fault ShortBody(long received, long length) => OfPeer($"the request's body ended after {received} of {length} bytes", "see the web server's log for why it broke off");

    /// <summary>An order to a container, which has no meaning here.</summary>
    internal static Fault NotARequest(ReadOnlySpan<byte> payload) =>
        OfPeer($"the web server sent an AJP13 packet of type {payload[0]}, which is not a request", "see what else can reach this socket: nothing was done but to close the connection");

    private static Fault OfPeer(string cause, string cure) => new(400, cause, cure) { ExitCode = ExitCode.PeerError };
}
